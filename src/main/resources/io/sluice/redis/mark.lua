-- Puts the marker ARGV[3] in the place of ARGV[2] ('' for none), unless another node was faster: Redis was restarted, and an
-- epoch begins. Answers the marker that the log has now. See io.sluice.redis.RestartMarker.

if (redis.call('HGET', state, 'marker') or '') == ARGV[2] then
  redis.call('HSET', state, 'marker', ARGV[3])
  settle()
end
return redis.call('HGET', state, 'marker')
