-- Shared by every script: the clock, SHA-256 (FIPS 180-4) and the append to the audit chain.
-- ARGV[1] is the prefix of all keys, ARGV[2] a JSON object of arguments.
local P = ARGV[1]
local args = cjson.decode(ARGV[2])

-- Lua prints large numbers as 1.7e+12; keys and hashes need their digits.
local function int(n) return string.format('%.0f', n) end

local function clock()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

local band, bxor, bnot, ror, rshift, tobit = bit.band, bit.bxor, bit.bnot, bit.ror, bit.rshift, bit.tobit
local K = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

local function sha256(text)
  local length = #text
  text = text .. '\128' .. string.rep('\0', (55 - length) % 64) .. string.rep('\0', 4) ..
    string.char(band(rshift(length * 8, 24), 255), band(rshift(length * 8, 16), 255), band(rshift(length * 8, 8), 255), band(length * 8, 255))
  local h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 }
  local w = {}
  for chunk = 1, #text, 64 do
    for i = 0, 15 do
      local a, b, c, d = string.byte(text, chunk + i * 4, chunk + i * 4 + 3)
      w[i + 1] = a * 16777216 + b * 65536 + c * 256 + d
    end
    for i = 17, 64 do
      local x, y = w[i - 15], w[i - 2]
      local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
      local s1 = bxor(ror(y, 17), ror(y, 19), rshift(y, 10))
      w[i] = tobit(w[i - 16] + s0 + w[i - 7] + s1)
    end
    local a, b, c, d, e, f, g, k = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
    for i = 1, 64 do
      local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
      local choice = bxor(band(e, f), band(bnot(e), g))
      local t1 = tobit(k + s1 + choice + K[i] + w[i])
      local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
      local majority = bxor(band(a, b), band(a, c), band(b, c))
      k, g, f, e, d, c, b, a = g, f, e, tobit(d + t1), c, b, a, tobit(t1 + tobit(s0 + majority))
    end
    h = { tobit(h[1] + a), tobit(h[2] + b), tobit(h[3] + c), tobit(h[4] + d), tobit(h[5] + e), tobit(h[6] + f), tobit(h[7] + g), tobit(h[8] + k) }
  end
  local hex = {}
  for i = 1, 8 do hex[i] = bit.tohex(h[i]) end
  return table.concat(hex)
end

-- What the same attempt was answered before, if its answer was lost on the way and it is asked again.
local function answered() return redis.call('GET', P .. 'op:' .. args.op) end
local function answer(text)
  redis.call('SET', P .. 'op:' .. args.op, text, 'PX', 86400000)
  return text
end

-- Takes what a proof uses up, for good; false = it was taken already.
local function claimed(claim, by)
  -- No step-up is answered later than 10 minutes after it was started.
  if claim.stepUp then return redis.call('SET', P .. 'spent:' .. claim.stepUp, by, 'NX', 'PX', 86400000) and true or false end
  local credential = P .. 'totp:' .. claim.subject
  local kept = redis.call('HMGET', credential, 'id', 'step')
  if kept[1] ~= claim.credential or tonumber(kept[2]) >= claim.timeStep then return false end
  redis.call('HSET', credential, 'step', int(claim.timeStep), 'failures', '0')
  return true
end

-- People are told of this entry by whoever speaks to them next.
local function alarm(seq, now) redis.call('ZADD', P .. 'alarms', int(now), int(seq)) end

-- Everything that opens or proves as this subject ends: the seed, the recovery codes, the last proof and every link.
local function forget(subject)
  local links = redis.call('SMEMBERS', P .. 'links:' .. subject)
  for _, link in ipairs(links) do redis.call('DEL', P .. 'enrolment:' .. link) end
  return #links + redis.call('DEL', P .. 'totp:' .. subject, P .. 'recovery:' .. subject, P .. 'proof:' .. subject, P .. 'links:' .. subject)
end

-- Keeps a one-time link by its hash. No link lives longer than a day.
local function keep_link(link, subject, forMs)
  redis.call('HSET', P .. 'enrolment:' .. link, 'subject', subject)
  redis.call('PEXPIRE', P .. 'enrolment:' .. link, int(forMs))
  redis.call('SADD', P .. 'links:' .. subject, link)
  redis.call('PEXPIRE', P .. 'links:' .. subject, 86400000)
end

-- The same lines as linkText in src/audit/chain.ts; `digest` is the SHA-256 of `body`, taken by the caller.
local function append(body, digest, now)
  local head = redis.call('HMGET', P .. 'audit:head', 'seq', 'hash')
  local seq = tonumber(head[1] or '0') + 1
  local prev = head[2] or string.rep('0', 64)
  local hash = sha256('countersign.audit.v1\n' .. prev .. '\n' .. int(seq) .. '\n' .. int(now) .. '\n' .. digest .. '\n')
  redis.call('XADD', P .. 'audit', int(seq) .. '-0', 'time', int(now), 'prev', prev, 'hash', hash, 'body', body)
  redis.call('HSET', P .. 'audit:head', 'seq', int(seq), 'hash', hash)
  return seq
end
