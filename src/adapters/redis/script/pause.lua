-- Nothing goes into this channel before the pause is over.
local now = clock()
local key = P .. 'pace:' .. args.channel
local at = math.max(now + args.forMs, tonumber(redis.call('GET', key) or '0'))
redis.call('SET', key, int(at), 'PX', int(at - now + 60000))
return 1
