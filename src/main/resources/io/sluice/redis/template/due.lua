-- Replies with the names of streams whose time is over. None for a while if no node has asked for long: the nodes, or Redis, were
-- away, and those who watch streams are about to come back.
--
-- KEYS[3]  the times at which streams go
-- ARGV[2]  the pause, in ms, after which nodes count as having been away
-- ARGV[3]  the time that those who come back have, in ms
-- ARGV[4]  the most names

local asked, quiet = unpack(redis.call('HMGET', feedState, 'asked', 'quiet'))
if asked and time - asked > tonumber(ARGV[2]) then
  quiet = text(time + ARGV[3])
  redis.call('HSET', feedState, 'quiet', quiet)
end
redis.call('HSET', feedState, 'asked', text(time))
if quiet and time < tonumber(quiet) then
  return {}
end
return redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', text(time), 'LIMIT', 0, ARGV[4])
