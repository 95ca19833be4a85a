-- The part of the scripts that append which writes events, after log.lua.
--
-- A hash has the newest entry of each topic, packed: its id and its fields, as XRANGE has them. A sorted set has the topics by the
-- numbers of these entries. The log's state has kept, the position up to which both are written. If it is another one than n, nodes
-- that do not keep them have appended, or the log has started over: then both are void, and the state has lacking, the position up
-- to which topics may be missing in them.

-- The newest entry of each topic that this script has appended to the log.
local byTopic = {}

-- Appends the event of ARGV[at...]: topic, type, data, random bits, "forget" or "". Returns its fields.
local function add(at, n, epoch, time)
  local id, topic = text(n) .. '-0', ARGV[at]
  local fields = { 'time', text(time), 'epoch', epoch,
    'topic', topic, 'type', ARGV[at + 1], 'data', ARGV[at + 2], 'bits', ARGV[at + 3] }
  if ARGV[at + 4] == 'forget' then
    fields[#fields + 1], fields[#fields + 2] = 'forget', '1'
  end
  redis.call('XADD', log, id, unpack(fields))
  byTopic[topic] = { id = id, n = n, fields = fields, forget = ARGV[at + 4] == 'forget' }
  return fields
end

-- Lets the topics go that were silent longest, until there are no more than a limit. Not many more than were added: the limit may
-- have become lower.
local function limitTopics(latest, topics, limit, added)
  local over = math.min(redis.call('ZCARD', topics) - limit, added + 100)
  if over > 0 then
    local gone = redis.call('ZPOPMIN', topics, over)
    for i = 1, #gone, 2 do
      redis.call('HDEL', latest, gone[i])
    end
  end
end

-- Keeps the newest entry of each topic, of so many topics, in the hash latest and the sorted set topics. To be called after the
-- last add(), before the state has the last position n.
local function keepLatest(latest, topics, limit, n)
  if limit == 0 then
    if redis.call('HDEL', state, 'kept', 'lacking') > 0 then
      redis.call('UNLINK', latest, topics)
    end
    return
  end
  local before, kept = unpack(redis.call('HMGET', state, 'n', 'kept'))
  if before ~= kept then
    redis.call('UNLINK', latest, topics)
    redis.call('HSET', state, 'lacking', before or '0')
  end
  local added = 0
  for topic, entry in pairs(byTopic) do
    if entry.forget then
      redis.call('HDEL', latest, topic)
      redis.call('ZREM', topics, topic)
    else
      redis.call('HSET', latest, topic, cmsgpack.pack({ entry.id, entry.fields }))
      redis.call('ZADD', topics, text(entry.n), topic)
      added = added + 1
    end
  end
  limitTopics(latest, topics, limit, added)
  redis.call('HSET', state, 'kept', text(n))
end

