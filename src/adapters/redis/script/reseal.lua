-- The same secret, sealed by another key, in place of the one that was read; nothing where something else stands there now.
local key = P .. args.row
if args.field then
  if redis.call('HGET', key, args.field) ~= args.from then return 0 end
  redis.call('HSET', key, args.field, args.to)
  return 1
end
local kept = redis.call('HMGET', key, 'id', 'sealed')
if kept[1] ~= args.credential or kept[2] ~= args.from then return 0 end
redis.call('HSET', key, 'sealed', args.to)
return 1
