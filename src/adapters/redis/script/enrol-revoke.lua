-- Ends all that opens or proves as a subject. ARGV: 3 audit body, 4 its SHA-256.
local op = P .. 'op:' .. args.op
local known = redis.call('GET', op)
if known then return tonumber(known) end
local ended = forget(args.subject) > 0 and 1 or 0
if ended == 1 then append(ARGV[3], ARGV[4], clock()) end
redis.call('SET', op, ended, 'PX', 86400000)
return ended
