-- Makes a pending credential count and ends its link, at most once. ARGV: 3 audit body, 4 its SHA-256.
local op = P .. 'op:' .. args.op
if redis.call('EXISTS', op) == 1 then return 1 end
local link = P .. 'enrolment:' .. args.link
local kept = redis.call('HMGET', link, 'subject', 'id', 'sealed', 'replace')
if kept[2] ~= args.credential or kept[1] ~= args.subject then return 0 end
local key = P .. 'totp:' .. kept[1]
-- Somebody enrolled since this link was issued.
if not kept[4] and redis.call('EXISTS', key) == 1 then return 0 end
redis.call('DEL', key)
redis.call('HSET', key, 'id', kept[2], 'sealed', kept[3], 'step', int(args.timeStep), 'failures', '0')
redis.call('DEL', link)
-- A proof given with the old credential is no proof of the new one's holder.
redis.call('DEL', P .. 'proof:' .. kept[1])
append(ARGV[3], ARGV[4], clock())
redis.call('SET', op, '1', 'PX', 86400000)
return 1
