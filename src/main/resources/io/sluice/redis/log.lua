-- The first part of every script of a stream's log.
--
-- KEYS[1]  the log, a Redis stream: event n has the id n-0. For the streams of a template it is their feed: see template.lua
-- KEYS[2]  its state, a hash: epochs, as io.sluice.log.Epochs writes them; n, the last position; run, the name of the run of
--          Redis that has written it; marker, that name where the user of Redis may not call INFO; kept: see events.lua
-- ARGV[1]  the name for an epoch, if one begins; no epoch has had it before

local log, state, fresh = KEYS[1], KEYS[2], ARGV[1]

local function text(number)
  return string.format('%.0f', number)
end

-- The last position of the log, which Redis keeps even if all entries are deleted.
local function generated()
  local info = redis.pcall('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      return tonumber(string.match(info[i + 1], '^%d+'))
    end
  end
  -- There is no log.
  return 0
end

-- Adds an epoch to epochs, and keeps the newest 16. The last word is the past: the first position that is still the log's. An epoch of
-- which no event is left has no place among them: a log in which nothing happens would forget all others.
local function with(epochs, first, past)
  local words = {}
  for word in string.gmatch(epochs, '%S+') do
    words[#words + 1] = word
  end
  past = past or words[#words]
  words[#words] = nil
  if string.match(words[#words] or '', '%-(%d+)$') == text(first) then
    words[#words] = nil
  end
  words[#words + 1] = fresh .. '-' .. text(first)
  while #words > 16 do
    table.remove(words, 1)
  end
  return table.concat(words, ' ') .. ' ' .. past
end

-- The name of this run of Redis, known after settle().
local run

local function runId()
  local info = redis.pcall('INFO', 'server')
  if type(info) == 'table' then
    error({ err = 'NOMARKER the user may not call INFO, and the log has no marker' })
  end
  return string.match(info, 'run_id:(%w+)')
end

-- The number of the oldest kept event, or the last position + 1 if none is kept.
local function firstKept(n)
  local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  return first and string.match(first[1], '^%d+') or text(n + 1)
end

-- The mark of an event, if it is kept: its epoch and its random bits.
local function mark(n)
  local id = n .. '-0'
  local entry = redis.call('XRANGE', log, id, id)[1]
  if not entry then
    return ''
  end
  local fields = {}
  for i = 1, #entry[2], 2 do
    fields[entry[2][i]] = entry[2][i + 1]
  end
  return (fields['epoch'] or '') .. ' ' .. (fields['bits'] or '')
end

local function put(epochs, n)
  redis.call('HSET', state, 'epochs', epochs, 'n', text(n), 'run', run)
  return epochs, n
end

-- Begins an epoch without a past at a position, and deletes all entries.
local function startOver(epochs, n)
  redis.call('XADD', log, text(n) .. '-0', 'position', '')
  redis.call('XTRIM', log, 'MAXLEN', 0)
  return put(with(epochs, n, text(n)), n)
end

-- Returns the epochs and the last position. Begins an epoch if something has happened to Redis since the last script: another run
-- means a restart, an older snapshot or a replica in its place, and the events of newer ids may be lost.
local function settle()
  local known = redis.call('HMGET', state, 'epochs', 'n', 'run', 'marker')
  local epochs, n = known[1], generated()
  run = run or known[4] or runId()
  if not epochs then
    if n == 0 then
      return put(fresh .. '-0 0', 0)
    end
    return startOver('', n + 1)
  elseif tonumber(known[2]) > n then
    -- Somebody has deleted the log.
    return startOver(epochs, tonumber(known[2]) + 1)
  elseif known[3] ~= run then
    return put(with(epochs, n + 1), n)
  end
  return epochs, n
end

-- Deletes events that are older than a time, the oldest first. One call deletes as many as is cheap, the next call more. Returns
-- how many.
local function expire(oldest)
  local count, deleted = 1, 0
  while count <= 1024 do
    local old = {}
    for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', count)) do
      -- The time is the first field: see events.lua.
      if (tonumber(entry[2][2]) or 0) >= oldest then
        break
      end
      old[#old + 1] = entry[1]
    end
    if #old > 0 then
      redis.call('XDEL', log, unpack(old))
      deleted = deleted + #old
    end
    if #old < count then
      break
    end
    count = count * 2
  end
  return deleted
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

