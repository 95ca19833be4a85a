-- Deletes streams whose time is over, unless something has happened to them since. One that has ended is remembered.
--
-- KEYS[3, 4]  the names of all streams, and the times at which they go
-- KEYS[5...]  for each stream: its log, its state, the mark that it has gone, its newest events by topic, and the topics
-- ARGV[2]     how long it is remembered, in ms
-- ARGV[3...]  the names

for i = 3, #ARGV do
  local key = 5 + 5 * (i - 3)
  local due = redis.call('ZSCORE', KEYS[4], ARGV[i])
  if due and tonumber(due) <= time then
    turnTo(key, '')
    local ended = redis.call('HEXISTS', state, 'ended') == 1
    remove(ARGV[i], key, KEYS[3], KEYS[4], ended and ARGV[2])
  end
end
closeFeed()
