-- Ends a push, or with `wrong` counts a wrong code and ends it at the last. ARGV: 3 audit body of a lock, 4 its SHA-256.
-- Answers the state it has now. The first end stands, but what was answered may still be used, or fail.
local key = P .. 'push:' .. args.salt
local state = redis.call('HGET', key, 'state')
if not state then return 'expired' end
local subject = redis.call('HGET', key, 'subject')
local of = P .. 'pushes:' .. subject .. ':'
local as = args.as
if args.wrong then
  -- Asked again after a lost answer, one wrong code counts once.
  if not redis.call('SET', P .. 'op:' .. args.op, '1', 'NX', 'PX', 86400000) then return state end
  if redis.call('HINCRBY', key, 'wrong', 1) < args.wrong then return state end
  as = 'locked'
end
local after = {
  open = as ~= 'used',
  answered = as ~= 'answered' and as ~= 'declined',
  used = as == 'locked' or as == 'disowned',
}
if not after[state] then return state end
redis.call('HSET', key, 'state', as)
if args.answer then redis.call('HSET', key, 'answer', args.answer) end
-- A no is looked at once more, by whoever does what follows from it.
if as == 'declined' or as == 'disowned' then
  redis.call('ZADD', P .. 'push-due', '0', args.salt)
else
  redis.call('ZREM', P .. 'push-due', args.salt)
end
if as == 'answered' then return as end
if redis.call('GET', of .. 'open') == args.salt then redis.call('DEL', of .. 'open') end
-- Pushes since the last success are what tires people.
if as == 'used' then redis.call('DEL', of .. 'tried') end
if as == 'declined' or as == 'locked' or as == 'disowned' then
  local now = clock()
  local lock = of .. 'lock'
  redis.call('SET', lock, int(now + args.lockMs), 'PX', int(args.lockMs))
  redis.call('HSET', key, 'lockedUntil', int(now + args.lockMs))
  append(ARGV[3], ARGV[4], now)
end
return as
