-- Replies with the state of a stream, as state.lua does, and then: the epoch in which it was born, whether it has ended ("end" or ""),
-- and its events behind a position. If it is not there: an empty text, and "gone" if there was one a while ago. Somebody watches
-- the stream: it does not go for its idle time.
--
-- KEYS[3...6]  the times at which streams go; the stream's log, its state, and the mark that it has gone
-- ARGV[2]      the name of the stream
-- ARGV[3]      the name for an epoch, if one begins
-- ARGV[4]      the number of the event whose mark is wanted
-- ARGV[5, 6]   the position behind which to read, and the most events
-- ARGV[7, 8]   the age of the oldest event that is kept, and the time after which the stream goes, in ms

turnTo(4, ARGV[3])
if not exists() then
  return { '', redis.call('EXISTS', KEYS[6]) == 1 and 'gone' or '' }
end

local epochs, n = settle()
local born = redis.call('HGET', state, 'born') or ''
local ended = redis.call('HEXISTS', state, 'ended') == 1
if not ended then
  redis.call('ZADD', KEYS[3], 'XX', 'GT', text(time + ARGV[8]), ARGV[2])
end
trim(math.huge, time - ARGV[7])
local events = redis.call('XRANGE', log, '(' .. ARGV[5] .. '-0', '+', 'COUNT', ARGV[6])
return { epochs, text(n), firstKept(n), mark(ARGV[4]), born, ended and 'end' or '', events }
