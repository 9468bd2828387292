-- What was sent, sealed, and when it is looked at first; 0 = it was ended meanwhile.
local key = P .. 'push:' .. args.salt
if redis.call('HGET', key, 'state') ~= 'open' then return 0 end
local now = clock()
local ends = math.min(tonumber(redis.call('HGET', key, 'expiresAt')), now + args.forMs)
redis.call('HSET', key, 'sealed', args.sealed, 'expiresAt', int(ends))
redis.call('PEXPIRE', P .. 'pushes:' .. redis.call('HGET', key, 'subject') .. ':open', int(math.max(1, ends - now)))
redis.call('ZADD', P .. 'push-due', int(now + args.intervalMs), args.salt)
return 1
