-- Uses a recovery code up for a one-time link, or counts a wrong one. ARGV: 3 audit body of the use, 4 its SHA-256,
-- 5 that of a lock, 6 its SHA-256. What is counted here never locks the authenticator: anybody can reach this door.
local said = answered()
if said then return said end

local now = clock()
local key = P .. 'totp:' .. args.subject
local kept = redis.call('HMGET', key, 'id', 'recoveryFailures', 'recoveryLockedUntil')
if kept[1] ~= args.credential then return answer('wrong') end
if kept[3] == 'for ever' or tonumber(kept[3] or '0') > now then return answer('locked') end
if redis.call('SREM', P .. 'recovery:' .. args.subject, args.mac) == 1 then
  keep_link(args.link, args.subject, args.forMs)
  redis.call('HSET', P .. 'enrolment:' .. args.link, 'replace', '1', 'wait', int(args.waitMs))
  alarm(append(ARGV[3], ARGV[4], now), now)
  return answer('opened')
end
local failures = tonumber(kept[2] or '0') + 1
redis.call('HSET', key, 'recoveryFailures', int(failures))
if failures >= args.disableAt or failures % args.lockAt == 0 then
  redis.call('HSET', key, 'recoveryLockedUntil', failures >= args.disableAt and 'for ever' or int(now + args.lockFor))
  alarm(append(ARGV[5], ARGV[6], now), now)
end
return answer('wrong')
