-- Says where the log stands, to who may have a part of it: the epochs, the last position, the oldest kept event's number (or
-- the last position + 1), and of the event ARGV[2], if it is kept, epoch and random bits.

local epochs, n = settle()
local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
local id = ARGV[2] .. '-0'
local entry = redis.call('XRANGE', log, id, id)[1]
local mark = ''
if entry then
  local fields = {}
  for i = 1, #entry[2], 2 do
    fields[entry[2][i]] = entry[2][i + 1]
  end
  mark = (fields['epoch'] or '') .. ' ' .. (fields['bits'] or '')
end
return { epochs, text(n), first and string.match(first[1], '^%d+') or text(n + 1), mark }
