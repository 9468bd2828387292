-- A lease on showing one request: at most one holder until it ends.
-- The same token asked again, after a lost answer, still holds.
local key = P .. 'showing:' .. args.id
if not redis.call('SET', key, args.token, 'NX', 'PX', int(args.forMs)) and redis.call('GET', key) ~= args.token then return false end
-- Whoever takes it now sees what was to be shown again.
redis.call('SREM', P .. 'reshow', args.id)
-- Who posts is written down before it posts; a mark that another left tells of posts that nobody remembers.
local mark = P .. 'posting:' .. args.id
redis.call('HSETNX', mark, 'token', args.token)
redis.call('HSETNX', mark, 'since', int(clock()))
local unsure = redis.call('HGET', mark, 'token') ~= args.token and redis.call('HGET', mark, 'since')
return { unsure or '', redis.call('HGETALL', P .. 'shown:' .. args.id) }
