-- Begins an epoch of a stream without a past, as start_over.lua does for a log.
--
-- KEYS[3, 4]  the stream's log and its state
-- ARGV[2]     the name for the epoch
-- ARGV[3, 4]  the epochs that the node knows, and the event that it has read and the log lacks

turnTo(3, ARGV[2])
if exists() then
  local epochs, n = settle()
  if epochs == ARGV[3] then
    startOver(epochs, math.max(n, tonumber(ARGV[4])) + 1)
  end
end
