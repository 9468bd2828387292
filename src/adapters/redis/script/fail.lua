-- Counts one wrong code and locks the credential when it was one too many. ARGV: 3 audit body of the lock, 4 its SHA-256.
-- Asked again after a lost answer, one wrong code counts once.
if not redis.call('SET', P .. 'op:' .. args.op, '1', 'NX', 'PX', 86400000) then return 0 end
local key = P .. 'totp:' .. args.subject
local kept = redis.call('HMGET', key, 'id', 'failures')
if kept[1] ~= args.credential then return 0 end
local failures = tonumber(kept[2] or '0') + 1
redis.call('HSET', key, 'failures', int(failures))
if failures < args.disableAt and failures % args.lockAt ~= 0 then return 0 end
local now = clock()
redis.call('HSET', key, 'lockedUntil', failures >= args.disableAt and 'for ever' or int(now + args.lockFor))
append(ARGV[3], ARGV[4], now)
return 1
