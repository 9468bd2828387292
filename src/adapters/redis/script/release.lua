-- Ends a lease. Shown up to the record's own version: nothing is left to do; else somebody looks again.
if redis.call('GET', P .. 'showing:' .. args.id) ~= args.token then return 0 end
redis.call('DEL', P .. 'showing:' .. args.id)
if not args.unsure then redis.call('DEL', P .. 'posting:' .. args.id) end
local version = tonumber(redis.call('HGET', P .. 'request:' .. args.id, 'version') or '0')
-- What others changed meanwhile beside the record is looked at again.
if args.shown and args.shown >= version and redis.call('SREM', P .. 'reshow', args.id) == 0 then redis.call('ZREM', P .. 'show', args.id)
else redis.call('ZADD', P .. 'show', int(clock() + (args.retryAfterMs or 0)), args.id) end
return 1
