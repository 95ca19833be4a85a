-- Gives the lease KEYS[1] to ARGV[1] for ARGV[2] ms, or renews it, unless another node owns it. Replies with the owner.

local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return owner
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
