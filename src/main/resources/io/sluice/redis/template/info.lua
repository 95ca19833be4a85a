-- Replies with what a list tells of each stream: its epochs, its position, the number and the size of its events, and "end" if it has
-- ended; nothing if it is not there.
--
-- KEYS  the log and the state of each

local all = {}
for i = 1, #KEYS, 2 do
  local known = redis.call('HMGET', KEYS[i + 1], 'epochs', 'n', 'bytes', 'ended')
  local epochs, n, bytes, ended = unpack(known)
  all[#all + 1] = epochs and { epochs, n, redis.call('XLEN', KEYS[i]), bytes or '0', ended and 'end' or '' } or {}
end
return all
