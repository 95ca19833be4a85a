-- Does what some callers want of streams, each on its own: refusing one leaves the others as they are. Replies with a line for each:
-- the receipt (the id of the last event, the number of events, the digest), or "gone" for a deletion, or why it was refused:
-- "ended", "unknown", "full", "refused" and "failed" with Redis' message; with "failed" a part of it may have been done. If the
-- key was used before, the receipt is the first one's.
--
-- KEYS[3, 4]   the names of all streams, and the times at which they go: sorted sets
-- KEYS[5]      the number and the reply of the writer's newest script; the same number again gets the same reply
-- KEYS[6...]   for each write: the stream's log, its state, the mark that it has gone, its newest events by topic, the topics, and
--              the idempotency key if it has one
-- ARGV[2]      the number of this script, above those of the same writer before
-- ARGV[3, 4]   how long a number and an idempotency key are remembered, in ms
-- ARGV[5, 6]   how much of a log is kept: the number of events, and their age in ms
-- ARGV[7]      of how many topics the newest event is kept beyond that: see events.lua
-- ARGV[8, 9]   after which times a stream goes: idle, and keep once it has ended, in ms
-- ARGV[10, 11] the most streams; the number of writes
-- ARGV[12...]  for each write: "append", "create" or "delete"; the name; the name of an epoch, if one begins; "make" if the stream
--              is made if it is not there; "end" if it ends; "key" or ""; the digest; the number of events, and for each event:
--              topic, type, data, random bits, "forget" or ""

local number, answer = string.match(redis.call('GET', KEYS[5]) or '', '^(%d+)\n(.*)$')
if number and tonumber(number) >= tonumber(ARGV[2]) then
  return number == ARGV[2] and answer or redis.error_reply('ERR batch ' .. ARGV[2] .. ' comes after ' .. number)
end

local names, times = KEYS[3], KEYS[4]
local events, age, limit = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local idle, keep, max = ARGV[8], ARGV[9], tonumber(ARGV[10])
local at, key = 12, 6

-- Whether a part of the write was done.
local begun

-- The stream goes after so many ms.
local function stay(name, after)
  redis.call('ZADD', times, text(time + after), name)
end

-- Makes the stream. Returns its epochs and position, or nil and why not.
local function make(write)
  if not write.makes then
    return nil, 'unknown'
  elseif redis.call('ZCARD', names) >= max then
    return nil, 'full'
  end
  local epochs, n = settle()
  redis.call('HSET', state, 'born', write.epoch)
  redis.call('ZADD', names, 0, write.name)
  redis.call('DEL', KEYS[key + 2])
  return epochs, n
end

local function newest(epochs)
  return string.match(epochs, '(%w+)%-%d+ %d+$')
end

-- Adds the events behind position n, and returns the last one's and their size.
local function addAll(write, epoch, n)
  local bytes = 0
  byTopic = {}
  for j = at, at + 5 * (write.count - 1), 5 do
    n = n + 1
    local topic, kind, data = ARGV[j], ARGV[j + 1], ARGV[j + 2]
    local fields = add(j, n, epoch, time)
    begun = true
    if #topic + #kind + #data <= FEED_BYTES then
      -- From the topic on.
      tell(write.name, 'n', text(n), 'in', epoch, unpack(fields, 5))
    else
      tell(write.name)
    end
    -- As io.sluice.log.Event counts it.
    bytes = bytes + 14 + #epoch + #text(n) + (#kind > 0 and #kind + 8 or 0) + #data
  end
  return n, bytes
end

local function append(write)
  local epochs, n
  if not exists() then
    epochs, n = make(write)
    if not epochs then
      return n
    end
  elseif redis.call('HEXISTS', state, 'ended') == 1 then
    return 'ended'
  else
    epochs, n = settle()
  end
  local epoch = newest(epochs)
  local bytes
  n, bytes = addAll(write, epoch, n)
  keepLatest(KEYS[key + 3], KEYS[key + 4], limit, n)
  redis.call('HSET', state, 'n', text(n))
  redis.call('HINCRBY', state, 'bytes', bytes)
  trim(events, time - age)
  if write.ends then
    redis.call('HSET', state, 'ended', 1)
    tell(write.name)
  end
  stay(write.name, write.ends and keep or idle)
  return epoch .. '-' .. text(n) .. ' ' .. write.count .. ' ' .. write.digest
end

local function create(write)
  local made = not exists()
  local epochs, n
  if made then
    epochs, n = make(write)
    if not epochs then
      return n
    end
    stay(write.name, idle)
    tell(write.name)
  else
    epochs, n = settle()
  end
  return newest(epochs) .. '-' .. text(n) .. (made and ' 1 ' or ' 0 ') .. write.digest
end

local function delete(write)
  if not exists() then
    return 'unknown'
  end
  begun = true
  remove(write.name, key, names, times, keep)
  return 'gone'
end

local actions = { append = append, create = create, delete = delete }

local function apply(write)
  local ok, line = pcall(actions[write.action], write)
  if not ok then
    line = (begun and 'failed ' or 'refused ') .. string.gsub(type(line) == 'table' and line.err or tostring(line), '%s', ' ')
  end
  return line
end

local answers = {}
for i = 1, tonumber(ARGV[11]) do
  local write = {
    action = ARGV[at], name = ARGV[at + 1], epoch = ARGV[at + 2], makes = ARGV[at + 3] == 'make', ends = ARGV[at + 4] == 'end',
    keyed = ARGV[at + 5] == 'key', digest = ARGV[at + 6], count = tonumber(ARGV[at + 7]) }
  at = at + 8
  begun = false
  turnTo(key, write.epoch)
  local line = write.keyed and redis.call('GET', KEYS[key + 5])
  if not line then
    line = apply(write)
    if write.keyed and string.find(line, '^%w+%-%d+ ') then
      redis.call('SET', KEYS[key + 5], line, 'PX', ARGV[4])
    end
  end
  answers[i] = line
  at = at + 5 * write.count
  key = key + (write.keyed and 6 or 5)
end

closeFeed()
answer = table.concat(answers, '\n')
redis.call('SET', KEYS[5], ARGV[2] .. '\n' .. answer, 'PX', ARGV[3])
return answer
