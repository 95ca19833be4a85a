-- Replaces the marker ARGV[2] ('' for none) by ARGV[3], unless another node was faster. The marker names the run of Redis, and so
-- an epoch begins. Replies with the marker that the log has now. See io.sluice.redis.RestartMarker.

if (redis.call('HGET', state, 'marker') or '') == ARGV[2] then
  redis.call('HSET', state, 'marker', ARGV[3])
  settle()
end
return redis.call('HGET', state, 'marker')
