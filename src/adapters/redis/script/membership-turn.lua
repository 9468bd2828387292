-- One process at a time asks the provider about a person. With `forMs` it takes the turn, without it gives it back.
local said = answered()
if said then return said end

local key = P .. 'membership-turn:' .. args.subject
if not args.forMs then
  redis.call('DEL', key)
  return answer('rested')
end
return answer(redis.call('SET', key, args.op, 'NX', 'PX', int(args.forMs)) and 'taken' or 'busy')
