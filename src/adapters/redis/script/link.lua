-- Links a Slack account to a subject, or ends that, if what lies there is what was seen. ARGV: 3 audit body, 4 its
-- SHA-256, 5 what must lie there, 6 what shall; '' = nothing.
local said = answered()
if said then return said end

if (redis.call('HGET', P .. 'slack-links', args.account) or '') ~= ARGV[5] then return answer('moved') end
if args.salt and not claimed({ stepUp = args.salt }, args.op) then return answer('used') end
if ARGV[6] == '' then redis.call('HDEL', P .. 'slack-links', args.account)
else redis.call('HSET', P .. 'slack-links', args.account, ARGV[6]) end
local now = clock()
alarm(append(ARGV[3], ARGV[4], now), now)
return answer('turned')
