-- What each script of a stream's log begins with.
--
-- KEYS[1]  the log, a Redis stream: event n has the id n-0
-- KEYS[2]  its state, a hash: epochs, as io.sluice.log.Epochs writes them; n, the last position; run, the name of the run of
--          Redis that has written it; marker, that name where the user of Redis may not call INFO
-- ARGV[1]  a name that no epoch has had: it is taken only where one begins

local log, state, fresh = KEYS[1], KEYS[2], ARGV[1]

local function text(number)
  return string.format('%.0f', number)
end

-- The log's last position as Redis has it, which outlives the entries.
local function generated()
  local info = redis.pcall('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      return tonumber(string.match(info[i + 1], '^%d+'))
    end
  end
  return 0 -- there is no log
end

-- The epochs and one more, 16 at most; the last word is the past.
local function with(epochs, first, past)
  local words = {}
  for word in string.gmatch(epochs, '%S+') do
    words[#words + 1] = word
  end
  past = past or words[#words]
  words[math.max(#words, 1)] = fresh .. '-' .. text(first)
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

local function put(epochs, n)
  redis.call('HSET', state, 'epochs', epochs, 'n', text(n), 'run', run)
  return epochs, n
end

-- Begins an epoch at a position, without a past: what is kept from before is nobody's any more.
local function startOver(epochs, n)
  redis.call('XADD', log, text(n) .. '-0', 'position', '')
  redis.call('XTRIM', log, 'MAXLEN', 0)
  return put(with(epochs, n, text(n)), n)
end

-- The epochs and the last position, after whatever has happened to Redis since a script last looked:
-- another run id means a restart, an older snapshot, or a replica in its place, and an id that was given out may be gone.
local function settle()
  local known = redis.call('HMGET', state, 'epochs', 'n', 'run', 'marker')
  local epochs, n = known[1], generated()
  run = known[4] or runId()
  if not epochs then
    if n == 0 then
      return put(fresh .. '-0 0', 0)
    end
    return startOver('', n + 1)
  elseif tonumber(known[2]) > n then
    return startOver(epochs, tonumber(known[2]) + 1) -- somebody has deleted the log
  elseif known[3] ~= run then
    return put(with(epochs, n + 1), n)
  end
  return epochs, n
end

-- Deletes what is older than a time, from the oldest on; as much as is cheap, the next call goes on.
local function expire(oldest)
  local count = 1
  while count <= 1024 do
    local old = {}
    for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', count)) do
      if (tonumber(entry[2][2]) or 0) >= oldest then -- the first field: see append.lua
        break
      end
      old[#old + 1] = entry[1]
    end
    if #old > 0 then
      redis.call('XDEL', log, unpack(old))
    end
    if #old < count then
      return
    end
    count = count * 2
  end
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

