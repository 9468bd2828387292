-- Sets, changes or lifts a freeze, if what stands is what was seen. ARGV: 3 audit body, 4 its SHA-256, 5 what must stand
-- there, 6 what shall; '' = nothing.
local said = answered()
if said then return said end

if (redis.call('HGET', P .. 'freezes', args.scope) or '') ~= ARGV[5] then return answer('moved') end
if args.claim and not claimed(args.claim, args.op) then return answer('code-already-used') end
local now = clock()
if ARGV[6] == '' then redis.call('HDEL', P .. 'freezes', args.scope)
else redis.call('HSET', P .. 'freezes', args.scope, ARGV[6]) end
alarm(append(ARGV[3], ARGV[4], now), now)

-- What has not begun says whether it is held up: it is shown again, also by whoever is showing it right now.
for _, id in ipairs(redis.call('ZRANGE', P .. 'deadlines', '0', '-1')) do
  redis.call('SADD', P .. 'reshow', id)
  redis.call('ZADD', P .. 'show', int(now), id)
end
if ARGV[6] == '' then
  -- Who waited is found by the next sweep, if it still waits.
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'frozen')) do
    local side = redis.call('HGET', P .. 'request:' .. id, 'turn')
    if side then redis.call('ZADD', P .. 'turn:' .. side, 'XX', int(now), id) end
  end
  redis.call('DEL', P .. 'frozen')
end
return answer('turned')
