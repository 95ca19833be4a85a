-- Renews the agreement on the history ARGV[2] for ARGV[3] ms, unless running nodes have agreed on another one. Replies with the
-- history that holds. Deletes events that are older than ARGV[4] ms too: if nothing is published, no other script does.
--
-- KEYS[3]  the history on which the running nodes have agreed

local running = redis.call('GET', KEYS[3])
if running and running ~= ARGV[2] then
  return running
end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
expire(now() - ARGV[4])
return ARGV[2]
