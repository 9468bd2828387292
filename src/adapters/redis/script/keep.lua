-- One step in a request's life: all of it, or nothing. ARGV: 3 record, 4 audit body, 5 its SHA-256, 6 what a read brought.
local said = answered()
if said then return said end

local now = clock()
local key = P .. 'request:' .. args.id
local version = tonumber(redis.call('HGET', key, 'version') or '0')
if version ~= args.expect then return answer('moved') end
if args.notAfter and now > args.notAfter then return answer('too-late') end
if args.notBefore and now < args.notBefore then return answer('too-early') end

if args.unlessFrozen then
  local freezes = redis.call('HMGET', P .. 'freezes', '*', args.unlessFrozen)
  local freeze = freezes[1] or freezes[2]
  if freeze then
    redis.call('SADD', P .. 'frozen', args.id)
    return answer('frozen:' .. freeze)
  end
end

-- Whoever broke the glass owes a review, and breaks it no second time before that is closed.
if args.review == 'begins' then
  local reviews = redis.call('HGETALL', P .. 'reviews')
  for i = 1, #reviews, 2 do
    if reviews[i + 1] == args.subject and reviews[i] ~= args.id then return answer('review-owed:' .. reviews[i]) end
  end
end

local locks = args.take or {}
for _, lock in ipairs(locks) do
  local holder = redis.call('GET', P .. 'target:' .. lock)
  if holder and holder ~= args.id then
    redis.call('SADD', P .. 'queue:' .. lock, args.id)
    return answer('target-busy:' .. holder .. ':' .. lock)
  end
end

if args.claim and not claimed(args.claim, args.id) then return answer('code-already-used') end
if args.remember then redis.call('SET', P .. 'proof:' .. args.remember.subject, args.remember.proof, 'PX', 86400000) end

append(ARGV[4], ARGV[5], now)
redis.call('HSET', key, 'record', ARGV[3], 'version', int(version + 1))
if args.answerFor then redis.call('SET', P .. 'answer:' .. args.id, ARGV[6], 'PX', int(args.answerFor)) end
if version == 0 then redis.call('ZADD', P .. 'of:' .. args.subject, int(now), args.id) end
if args.changed then
  local changes = P .. 'changes:' .. args.subject
  redis.call('ZADD', changes, 'NX', int(now), args.id)
  redis.call('ZREMRANGEBYRANK', changes, 0, -101)
end

local before = redis.call('HGET', key, 'turn')
if before then redis.call('ZREM', P .. 'turn:' .. before, args.id) end
-- A wake-up is sent with the step itself; a sweeper looks only when it seems lost, or when the lease is over.
if args.side then
  redis.call('HSET', key, 'turn', args.side)
  redis.call('ZADD', P .. 'turn:' .. args.side, int(math.max(now + 2000, args.heldUntil or 0)), args.id)
end
for _, lock in ipairs(locks) do
  redis.call('SET', P .. 'target:' .. lock, args.id)
  redis.call('SADD', P .. 'locks:' .. args.id, lock)
end
if args.release then
  for _, lock in ipairs(redis.call('SMEMBERS', P .. 'locks:' .. args.id)) do
    if redis.call('GET', P .. 'target:' .. lock) == args.id then redis.call('DEL', P .. 'target:' .. lock) end
    -- Who waited is found by the next sweep, if it still waits.
    for _, waiter in ipairs(redis.call('SMEMBERS', P .. 'queue:' .. lock)) do
      local side = redis.call('HGET', P .. 'request:' .. waiter, 'turn')
      if side then redis.call('ZADD', P .. 'turn:' .. side, 'XX', int(now), waiter) end
    end
    redis.call('DEL', P .. 'queue:' .. lock)
  end
  redis.call('DEL', P .. 'locks:' .. args.id)
end
if args.review == 'over' then redis.call('HDEL', P .. 'reviews', args.id)
elseif args.review then redis.call('HSET', P .. 'reviews', args.id, args.subject) end
if args.deadline then redis.call('ZADD', P .. 'deadlines', int(args.deadline), args.id)
else redis.call('ZREM', P .. 'deadlines', args.id) end
redis.call('ZADD', P .. 'show', int(now + 2000), args.id)
return answer('kept:' .. int(version + 1))
