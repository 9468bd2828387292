-- Remembers a surface, only under a live lease.
if redis.call('GET', P .. 'showing:' .. args.id) ~= args.token then return 0 end
redis.call('HSET', P .. 'shown:' .. args.id, args.surface, args.posted)
return 1
