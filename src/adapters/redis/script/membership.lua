-- Keeps what the provider says of a person. ARGV: 3 audit body, 4 its SHA-256 ('' = nothing to record), 5 token,
-- 6 sealed refresh token; both '' = the provider let them go.
local said = answered()
if said then return said end

if ARGV[3] ~= '' then append(ARGV[3], ARGV[4], clock()) end
redis.call('HSET', P .. 'membership', args.subject, ARGV[5])
if ARGV[6] == '' then redis.call('HDEL', P .. 'membership-refresh', args.subject)
else redis.call('HSET', P .. 'membership-refresh', args.subject, ARGV[6]) end
return answer('kept')
