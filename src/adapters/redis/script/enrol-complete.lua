-- Makes a pending credential count and ends all that came before it, at most once. ARGV: 3 audit body, 4 its SHA-256.
local op = P .. 'op:' .. args.op
if redis.call('EXISTS', op) == 1 then return 1 end
local link = P .. 'enrolment:' .. args.link
local kept = redis.call('HMGET', link, 'subject', 'id', 'sealed', 'replace', 'wait')
if kept[2] ~= args.credential or kept[1] ~= args.subject then return 0 end
local key = P .. 'totp:' .. kept[1]
-- Somebody enrolled since this link was issued.
if not kept[4] and redis.call('EXISTS', key) == 1 then return 0 end
local now = clock()
forget(kept[1])
redis.call('HSET', key, 'id', kept[2], 'sealed', kept[3], 'step', int(args.timeStep), 'failures', '0')
if #args.recovery > 0 then redis.call('SADD', P .. 'recovery:' .. kept[1], unpack(args.recovery)) end
local seq = append(ARGV[3], ARGV[4], now)
if kept[5] then
  redis.call('HSET', key, 'countsFrom', int(now + tonumber(kept[5])))
  alarm(seq, now)
end
redis.call('SET', op, '1', 'PX', 86400000)
return 1
