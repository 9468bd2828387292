-- The next free moment of a channel, at least `intervalMs` after the one before; answers ms from now.
local now = clock()
local key = P .. 'pace:' .. args.channel
local at = math.max(now, tonumber(redis.call('GET', key) or '0'))
redis.call('SET', key, int(at + args.intervalMs), 'PX', int(at - now + args.intervalMs + 60000))
return int(at - now)
