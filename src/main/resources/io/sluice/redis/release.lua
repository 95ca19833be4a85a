-- Gives the lease KEYS[1] back, if it is ARGV[1]'s.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], 0)
end
