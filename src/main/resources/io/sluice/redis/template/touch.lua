-- Streams that have not ended, and that somebody watches, stay for another ARGV[2] ms.
--
-- KEYS[3]     the times at which streams go
-- KEYS[4...]  the states of the streams
-- ARGV[3...]  their names

local later = text(now() + ARGV[2])
for i = 4, #KEYS do
  if redis.call('HEXISTS', KEYS[i], 'ended') == 0 then
    redis.call('ZADD', KEYS[3], 'XX', 'GT', later, ARGV[i - 1])
  end
end
