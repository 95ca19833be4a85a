-- Appends batches: all of them, or nothing. Replies with one line for each batch, its receipt: the id of its last event, the
-- number of its events, and its digest. A batch whose key was used before is not appended; its receipt is the first one's.
--
-- KEYS[3]     the number and the reply of the writer's newest script; the same number again gets the same reply
-- KEYS[4, 5]  the newest events by topic, and the topics: see events.lua
-- KEYS[6...]  the idempotency keys of the batches that have one
-- ARGV[2]     the number of this script, above those of the same writer before
-- ARGV[3, 4]  how long a number and an idempotency key are remembered, in ms
-- ARGV[5, 6]  how much of the log is kept: the number of events, and their age in ms
-- ARGV[7]     of how many topics the newest event is kept beyond that
-- ARGV[8]     the number of batches, and then for each batch: "key" or "", the digest, the number of events, and for each event:
--             topic, type, data, random bits, "forget" or ""

local number, answer = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+)\n(.*)$')
if number and tonumber(number) >= tonumber(ARGV[2]) then
  return number == ARGV[2] and answer or redis.error_reply('ERR batch ' .. ARGV[2] .. ' comes after ' .. number)
end

local epochs, n = settle()
local epoch = string.match(epochs, '(%w+)%-%d+ %d+$')
local time = now()
local at, key = 9, 6
local receipts = {}

for i = 1, tonumber(ARGV[8]) do
  local keyed, digest, count = ARGV[at] == 'key', ARGV[at + 1], tonumber(ARGV[at + 2])
  at = at + 3
  local receipt = keyed and redis.call('GET', KEYS[key])
  if not receipt then
    for j = at, at + 5 * (count - 1), 5 do
      n = n + 1
      add(j, n, epoch, time)
    end
    receipt = epoch .. '-' .. text(n) .. ' ' .. count .. ' ' .. digest
    if keyed then
      redis.call('SET', KEYS[key], receipt, 'PX', ARGV[4])
    end
  end
  receipts[i] = receipt
  at = at + 5 * count
  key = key + (keyed and 1 or 0)
end

keepLatest(KEYS[4], KEYS[5], tonumber(ARGV[7]), n)
redis.call('HSET', state, 'n', text(n))
redis.call('XTRIM', log, 'MAXLEN', ARGV[5])
expire(time - ARGV[6])

answer = table.concat(receipts, '\n')
redis.call('SET', KEYS[3], ARGV[2] .. '\n' .. answer, 'PX', ARGV[3])
return answer
