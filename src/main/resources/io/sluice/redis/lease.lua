-- Takes a lease, or has it for longer: KEYS[1] is ARGV[1]'s for ARGV[2] ms, unless it is somebody else's. Answers whose it is.

local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return owner
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
