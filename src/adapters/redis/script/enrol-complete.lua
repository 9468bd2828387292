-- Makes a pending credential count and ends its link, at most once. ARGV: 3 audit body, 4 its SHA-256.
local link = P .. 'enrolment:' .. args.link
local kept = redis.call('HMGET', link, 'subject', 'id', 'sealed')
-- Asked again after a lost answer: it was this caller.
if not kept[1] and redis.call('HGET', P .. 'totp:' .. args.subject, 'id') == args.credential then return 1 end
if not kept[1] or kept[2] ~= args.credential or kept[1] ~= args.subject then return 0 end
local key = P .. 'totp:' .. kept[1]
redis.call('DEL', key)
redis.call('HSET', key, 'id', kept[2], 'sealed', kept[3], 'step', int(args.timeStep), 'failures', '0')
redis.call('DEL', link)
-- A proof given with the old credential is no proof of the new one's holder.
redis.call('DEL', P .. 'proof:' .. kept[1])
append(ARGV[3], ARGV[4], clock())
return 1
