-- Begins an epoch without a past. A node has read the event ARGV[3], which the log lacks, though nothing in its epochs ARGV[2] tells
-- why. If several nodes find this out, the log begins one epoch: the others' ARGV[2] are not the log's epochs any more.

local epochs, n = settle()
if epochs == ARGV[2] then
  startOver(epochs, math.max(n, tonumber(ARGV[3])) + 1)
end
