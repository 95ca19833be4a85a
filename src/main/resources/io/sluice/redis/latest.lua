-- Replies with the newest events of topics, as XRANGE does: those with numbers above ARGV[1] and up to ARGV[2], the oldest first.
-- Not more than ARGV[3] events, and none after ARGV[4] bytes. The first element is the position up to which topics may be missing. See
-- events.lua.
--
-- KEYS[1]     the log's state
-- KEYS[2, 3]  the newest entries by topic, and the topics by number

local n, kept, lacking = unpack(redis.call('HMGET', KEYS[1], 'n', 'kept', 'lacking'))
if not kept or kept ~= n then
  return { n or '0' }
end
local page, bytes = { lacking or '0' }, 0
for _, topic in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local entry = redis.call('HGET', KEYS[2], topic)
  if entry and bytes < tonumber(ARGV[4]) then
    page[#page + 1] = cmsgpack.unpack(entry)
    bytes = bytes + #entry
  end
end
return page
