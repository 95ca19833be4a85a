
-- The second part of the scripts that know the streams of a template, after log.lua.
--
-- KEYS[1]  the feed, a Redis stream with an entry for each event of each stream. Each node reads it for all streams that somebody
--          watches there. Its fields: time, epoch (the feed's), name (of the stream), and then the event: n, in (its epoch),
--          topic, type, data, bits, and forget if it has that. An entry without them says that something has happened to the
--          stream: look. One with gone says that the stream has been deleted that was born in this epoch
-- KEYS[2]  the feed's state, as a log has one
--
-- A stream has a log and a state as log.lua knows them. Its state has besides: born, the name of its first epoch; ended; bytes,
-- about the size of what is kept.

local FEED_ENTRIES, FEED_BYTES = 10000, 4096

local feed, feedState = log, state
local feedEpochs, fed = settle()
local feedEpoch = string.match(feedEpochs, '(%w+)%-%d+ %d+$')
local time = now()

-- From now on log.lua is about the stream whose log is KEYS[key]; epoch is the name for one that begins.
local function turnTo(key, epoch)
  log, state, fresh = KEYS[key], KEYS[key + 1], epoch
end

local function exists()
  return redis.call('EXISTS', log, state) > 0
end

-- Writes an entry of the feed.
local function tell(name, ...)
  fed = fed + 1
  redis.call('XADD', feed, text(fed) .. '-0', 'time', text(time), 'epoch', feedEpoch, 'name', name, ...)
end

-- To be called after the last tell().
local function closeFeed()
  redis.call('HSET', feedState, 'n', text(fed))
  redis.call('XTRIM', feed, 'MAXLEN', '~', FEED_ENTRIES)
end

-- Deletes events of the stream: all but so many, and those that are older than a time.
local function trim(events, oldestTime)
  local before = redis.call('XLEN', log)
  if before > events then
    redis.call('XTRIM', log, 'MAXLEN', text(events))
  end
  if expire(oldestTime) == 0 and before <= events then
    return
  end
  local bytes = tonumber(redis.call('HGET', state, 'bytes') or 0)
  redis.call('HSET', state, 'bytes', text(math.floor(bytes * redis.call('XLEN', log) / before)))
end

-- Deletes the stream, whose keys are KEYS[key...]. If keep is given, the mark KEYS[key + 2] says for so many ms that there was one.
local function remove(name, key, names, times, keep)
  local born = redis.call('HGET', state, 'born') or ''
  redis.call('UNLINK', log, state, KEYS[key + 3], KEYS[key + 4])
  redis.call('ZREM', names, name)
  redis.call('ZREM', times, name)
  if keep then
    redis.call('SET', KEYS[key + 2], born, 'PX', keep)
    tell(name, 'gone', born)
  else
    tell(name)
  end
end

