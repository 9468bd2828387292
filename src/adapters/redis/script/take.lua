-- A lease on showing one request: at most one holder until it ends.
-- The same token asked again, after a lost answer, still holds.
local key = P .. 'showing:' .. args.id
if not redis.call('SET', key, args.token, 'NX', 'PX', int(args.forMs)) and redis.call('GET', key) ~= args.token then return false end
return redis.call('HGETALL', P .. 'shown:' .. args.id)
