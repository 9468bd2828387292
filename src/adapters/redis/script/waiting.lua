-- The members of a sorted set whose time has come; each is put off by `patience`, so that one caller at a time looks.
local now = clock()
local ids = redis.call('ZRANGEBYSCORE', P .. args.set, '-inf', int(now), 'LIMIT', '0', int(args.limit))
for _, id in ipairs(ids) do redis.call('ZADD', P .. args.set, int(now + args.patience), id) end
return ids
