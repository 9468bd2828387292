-- Takes back a push that never went out: it does not count. What was sent stays.
local key = P .. 'push:' .. args.salt
local kept = redis.call('HMGET', key, 'subject', 'sealed')
if not kept[1] or kept[2] then return 0 end
local of = P .. 'pushes:' .. kept[1] .. ':'
redis.call('ZREM', of .. 'tried', args.salt)
if redis.call('GET', of .. 'open') == args.salt then redis.call('DEL', of .. 'open') end
redis.call('DEL', key)
return 1
