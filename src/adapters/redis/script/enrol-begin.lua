-- The first pending credential stands; answers the one that does.
local link = P .. 'enrolment:' .. args.link
if redis.call('EXISTS', link) == 0 then return {} end
if redis.call('HEXISTS', link, 'id') == 0 then redis.call('HSET', link, 'id', args.id, 'sealed', args.sealed) end
return redis.call('HMGET', link, 'subject', 'id', 'sealed', 'wait')
