-- One entry of the trail that belongs to no request's record. ARGV: 3 body, 4 its SHA-256.
local op = P .. 'op:' .. args.op
local known = redis.call('GET', op)
if known then return known end
local seq = int(append(ARGV[3], ARGV[4], clock()))
redis.call('SET', op, seq, 'PX', 86400000)
return seq
