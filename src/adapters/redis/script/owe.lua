-- Puts an open review back on the list, unless it stands there. ARGV: 3 audit body, 4 its SHA-256.
local said = answered()
if said then return said end

if redis.call('HSETNX', P .. 'reviews', args.id, args.subject) == 0 then return answer('stands') end
local now = clock()
alarm(append(ARGV[3], ARGV[4], now), now)
return answer('restored')
