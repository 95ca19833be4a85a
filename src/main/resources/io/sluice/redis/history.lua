-- Says for another ARGV[3] ms that there is a node with the history ARGV[2], unless others have another one: answers which.
-- Deletes what is older than ARGV[4] ms, since nobody else does where nothing is published.
--
-- KEYS[3]  the history of those that run

local running = redis.call('GET', KEYS[3])
if running and running ~= ARGV[2] then
  return running
end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
expire(now() - ARGV[4])
return ARGV[2]
