import { secretShapes as issued } from "../../operation/secret.ts";

// What stands around a value is kept in the groups `before` and `after`. Every run has a bound, so that no text makes
// the search slow; what is cut off at the end of a text counts as whole; no value goes on over the end of its line.

/** The words that say of a value that it is secret, wherever they stand in its name: DB_PASSWORD, clientSecret. */
const telling = [
  ...["passw(?:or)?d", "passphrase", "passcode", "pwd", "secret", "token", "credential", "signature"],
  ...["api", "auth", "access", "account", "client", "encryption", "license", "master", "private", "shared"].map(
    (of) => `${of}[-_.]?key`,
  ),
  ...["signing[-_.]?key", "ssh[-_.]?key", "session[-_.]?id"],
].join("|");

const blank = String.raw`[ \t]{0,4}`;
// A name and a value may be quoted, also within a string that is JSON itself.
const closed = String.raw`\\{0,4}["']?`;
const notMasked = String.raw`(?!${blank}[=>]?${blank}\\{0,4}["']?(?:\[masked\]|(?:null|nil|none|true|false|undefined)\b))`;
const quoted = String.raw`\\{1,4}"[^\n]{0,2000}?\\{1,4}"|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;
const bare = String.raw`[^\s"',;&<>)}\]]+`;
// `secret: password: x` has one value, and it is the last.
const value = String.raw`(?:[^\s"',;&<>)}\]]{1,80}[:=][ \t]{1,4}){0,2}(?:${quoted}|${bare})`;

/** A value behind a name, as `name: value`, `"name":"value"`, `name=value` or `name => value`. */
function named(name: string, of = value, flags = "gi"): RegExp {
  const join = String.raw`(?:[ \t]{1,2}(?:is|was))?${blank}(?:=>|:=|[=:])${blank}`;
  return new RegExp(`(?<before>(?:${name})${closed}${join})${notMasked}(?:${of})`, flags);
}

/** RFC 7468: all of a private key, or what is left of it at either end of the text. */
const privateKeys: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/g,
  /^[\s\S]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g,
  // The same in base64, as Secrets hold it.
  /\bLS0tLS1CRUdJTi[\w+/=]{20,}/g,
];

/** RFC 9110 section 11 and RFC 6265: in a header, an object, or a line of a client's trace. */
const ofHttp: readonly RegExp[] = [
  named(
    String.raw`\b(?:proxy-)?authorization`,
    String.raw`${quoted}|(?:Digest|AWS4-HMAC-SHA256|Negotiate)[ \t][^\n]*|(?:[A-Za-z]{2,20}[ \t]{1,4})?${value}`,
  ),
  named(String.raw`\b(?:set-)?cookie`, String.raw`${quoted}|[^\n]+`),
  /(?<before>\bBearer[ \t]{1,4})(?!\[masked\])[\w.~+/=-]{8,}/gi,
  /(?<before>\b[Bb]asic[ \t]{1,4})(?=[\w+/]{0,200}[A-Z0-9+/=])[\w+/]{8,}={0,2}/g,
  /(?<before>\s(?:-u|--user)[ \t=]{1,4}["']?[\w.@-]{1,64}:)(?!\[masked\])[^\s"']+/g,
];

/** RFC 3986 section 3.2.1: a password before the host, up to the last @ that could end it; and as Go and SQL have it. */
const ofAddresses: readonly RegExp[] = [
  /(?<before>:\/\/[^\s:/?#@"'<>]{0,256}:)(?!\[masked\]@)[^\s"'<>]{1,512}(?<after>@)/g,
  /(?<before>:\/\/)(?!\[masked\]@)[^\s:/?#@"'<>]{16,256}(?<after>@)/g,
  /(?<before>\b[\w.-]{1,64}:)(?!\[masked\]@)[^\s@]{1,256}(?<after>@(?:tcp|udp|unix)\()/g,
  /(?<before>\b(?:IDENTIFIED BY|PASSWORD)[ \t]{1,4})(?:"[^"\n]*"?|'[^'\n]*'?)/gi,
];

/** What issuers mark as theirs. A token that begins like a JSON web token is one, however it goes on. */
const marked: readonly RegExp[] = [
  ...issued,
  /\beyJ[\w-]{10,}(?:\.[\w-]+){0,4}/g,
  /\bgl(?:agent|cbt|dt|ft|imt|ptt|rt|soat)-[\w-]{16,}|\bglsa_\w{16,}|\blin_api_\w{16,}|\bfigd_[\w-]{16,}/g,
  /\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{16,}|\bdapi[0-9a-f]{32}\b|\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g,
  /\bnpm_\w{30,}|\bpypi-[\w-]{30,}|\bdckr_pat_[\w-]{16,}|\bhv[sbr]\.[\w-]{20,}|\bdop_v1_\w{30,}|\bAGE-SECRET-KEY-1\w{20,}/g,
  /\b[sr]k_(?:live|test)_\w{16,}|\bwhsec_[\w+/=]{16,}|\bsk-[\w-]{20,}|\bSK[0-9a-f]{32}\b|\bkey-[0-9a-f]{32}\b/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}|\b\d{8,10}:[\w-]{35}\b/g,
  /(?<before>\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{16,}/g,
  /(?<before>\/api\/webhooks\/\d{10,25}\/)[\w-]{20,}/g,
  // A password's hash as crypt(5) has it, and what joins a node to a cluster.
  /\$(?:2[abxy]|5|6|7|y|argon2(?:id?|d))\$[^\s"']{20,}/g,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
];

const byName: readonly RegExp[] = [
  named(String.raw`(?:${telling})[\w.-]{0,40}`),
  // Alone these words are also said of tests that pass and of doors that are open.
  named(String.raw`["'_]auth|\bsig|\b(?:otp|totp)`, value, "g"),
  new RegExp(`(?<before>(?:"pass"|'pass')${blank}:${blank})${notMasked}(?:${value})`, "gi"),
  new RegExp(String.raw`(?<before>(?:\b|_)pass=)${notMasked}(?:${value})`, "gi"),
  // On a command line the value stands behind a blank.
  new RegExp(String.raw`(?<before>--[\w-]{0,40}(?:${telling})[\w-]{0,40}[ \t]{1,4})(?![-\s[])(?:${quoted}|\S+)`, "gi"),
];

/** In the order in which they are looked for: what is longest goes first. */
export const shapesOfSecrets: readonly RegExp[] = [...privateKeys, ...ofHttp, ...ofAddresses, ...marked, ...byName];
