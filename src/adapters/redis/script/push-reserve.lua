-- Counts a push before it is sent, or says until when none may be. ARGV: 3 audit body, 4 its SHA-256.
local now = clock()
local key = P .. 'push:' .. args.salt
-- Asked again after a lost answer, one push counts once.
local begun = redis.call('HGET', key, 'begun')
if begun then return 'reserved:' .. begun end
local of = P .. 'pushes:' .. args.subject .. ':'
local locked = tonumber(redis.call('GET', of .. 'lock') or '0')
if locked > now then return 'locked:' .. int(locked) end
local open = redis.call('PTTL', of .. 'open')
if open > 0 then return 'open:' .. int(now + open) end
redis.call('ZREMRANGEBYSCORE', of .. 'tried', '-inf', int(now - args.withinMs))
if redis.call('ZCARD', of .. 'tried') >= args.most then
  local oldest = redis.call('ZRANGE', of .. 'tried', 0, 0, 'WITHSCORES')
  return 'often:' .. int(tonumber(oldest[2]) + args.withinMs)
end
redis.call('ZADD', of .. 'tried', int(now), args.salt)
redis.call('PEXPIRE', of .. 'tried', int(args.withinMs))
redis.call('SET', of .. 'open', args.salt, 'PX', int(args.forMs))
redis.call('HSET', key, 'subject', args.subject, 'state', 'open', 'begun', int(now), 'expiresAt', int(now + args.forMs))
-- Kept longer than it can be answered, so that it can be said how it ended.
redis.call('PEXPIRE', key, int(args.forMs + args.keptMs))
append(ARGV[3], ARGV[4], now)
return 'reserved:' .. int(now)
