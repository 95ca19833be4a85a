-- Releases the lease KEYS[1] if ARGV[1] owns it.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], 0)
end
