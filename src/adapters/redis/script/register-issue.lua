-- Keeps a one-time link for registering a passkey. ARGV: 3 audit body, 4 its SHA-256.
if not redis.call('SET', P .. args.link, args.subject, 'NX', 'PX', int(args.forMs)) then return 1 end
append(ARGV[3], ARGV[4], clock())
return 1
