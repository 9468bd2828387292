-- Keeps a one-time link, unless the subject has a credential that must not be replaced. ARGV: 3 audit body, 4 its SHA-256.
if not args.replace and redis.call('EXISTS', P .. 'totp:' .. args.subject) == 1 then return 0 end
local link = P .. 'enrolment:' .. args.link
if redis.call('EXISTS', link) == 1 then return 1 end
keep_link(args.link, args.subject, args.forMs)
if args.replace then redis.call('HSET', link, 'replace', '1') end
append(ARGV[3], ARGV[4], clock())
return 1
