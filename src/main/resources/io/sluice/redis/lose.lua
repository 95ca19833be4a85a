-- A node had the event ARGV[3], and does not find it, though nothing that the epochs ARGV[2] tell explains it: the log begins
-- an epoch above. Once, however many nodes notice.

local epochs, n = settle()
if epochs == ARGV[2] then
  startOver(epochs, math.max(n, tonumber(ARGV[3])) + 1)
end
