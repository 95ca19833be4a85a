-- Replies with the state of the log: the epochs, the last position, the number of the oldest kept event (or the last position + 1),
-- and the mark of the event ARGV[2] if it is kept: its epoch and its random bits. See io.sluice.redis.LogState.

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
