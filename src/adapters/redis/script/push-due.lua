-- Open pushes and untold noes to look at now, each put off by `patience`, so that one caller at a time looks; what is
-- over otherwise goes.
local now = clock()
local due = {}
for _, salt in ipairs(redis.call('ZRANGEBYSCORE', P .. 'push-due', '-inf', int(now), 'LIMIT', '0', int(args.limit))) do
  local kept = redis.call('HMGET', P .. 'push:' .. salt, 'state', 'expiresAt')
  if (kept[1] == 'open' and tonumber(kept[2]) > now) or kept[1] == 'declined' or kept[1] == 'disowned' then
    redis.call('ZADD', P .. 'push-due', int(now + args.patience), salt)
    due[#due + 1] = salt
  else
    redis.call('ZREM', P .. 'push-due', salt)
  end
end
return due
