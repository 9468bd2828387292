-- Records a registered passkey and ends its link, at most once. ARGV: 3 audit body, 4 its SHA-256.
local op = P .. 'op:' .. args.op
if redis.call('EXISTS', op) == 1 then return 1 end
if redis.call('GET', P .. args.link) ~= args.subject then return 0 end
redis.call('DEL', P .. args.link)
append(ARGV[3], ARGV[4], clock())
redis.call('SET', op, '1', 'PX', 86400000)
return 1
