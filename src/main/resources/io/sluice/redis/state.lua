-- Replies with the state of the log: the epochs, the last position, the number of the oldest kept event (or the last position + 1),
-- and the mark of the event ARGV[2] if it is kept: its epoch and its random bits. See io.sluice.redis.LogState.

local epochs, n = settle()
return { epochs, text(n), firstKept(n), mark(ARGV[2]) }
