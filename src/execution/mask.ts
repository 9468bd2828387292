import { secretShapes } from "../operation/secret.ts";

/** Stands where a value was. */
const mask = "[masked]";

/** A text without the values that look secret, and how many there were. */
export interface Masked {
  readonly text: string;
  readonly count: number;
}

// The words that say of a value that it is secret, wherever they stand in its name: DB_PASSWORD, clientSecret, x-api-key.
const telling =
  "passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|account[-_]?key|private[-_]?key|signing[-_]?key|encryption[-_]?key|credential|signature|session[-_]?id|client[-_]?key";
// A name may be quoted, also within a string that is JSON itself.
const closed = String.raw`\\{0,4}["']?`;
const notMasked = String.raw`(?!\s{0,4}[=>]?\s{0,4}\\{0,4}["']?(?:\[masked\]|(?:null|nil|none|true|false|undefined)\b))`;
const quoted = String.raw`\\{1,4}"[^\n]{0,2000}?\\{1,4}"|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;

/**
 * Each: a shape, with what is kept of it before and after the value as `before` and `after`. Every run has a bound, so
 * that no text makes the search slow. What is cut off at the end of the text counts as whole.
 */
const shapes: readonly RegExp[] = [
  // Private keys in PEM (RFC 7468): all of the block, or what is left of it at either end of the text.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/g,
  /^[\s\S]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g,
  // RFC 9110 section 11: credentials of HTTP, in a header, an object or a line of a client's trace.
  new RegExp(
    String.raw`(?<before>\b(?:proxy-)?authorization${closed}\s{0,4}[:=]\s{0,4})${notMasked}(?:${quoted}|(?:Digest|AWS4-HMAC-SHA256|Negotiate)\s[^\n]*|(?:[A-Za-z]{2,20}[ \t]{1,4})?[^\s"',;]+)`,
    "gi",
  ),
  new RegExp(String.raw`(?<before>\b(?:set-)?cookie${closed}\s{0,4}[:=]\s{0,4})${notMasked}(?:${quoted}|[^\n]+)`, "gi"),
  /(?<before>\bBearer\s{1,4})(?!\[masked\])[\w.~+/=-]{8,}/gi,
  /(?<before>\bBasic\s{1,4})(?=[\w+/]{0,200}[A-Z0-9+/=])[\w+/]{8,}={0,2}/g,
  // RFC 3986 section 3.2.1: a password before the host, up to the last @ that could end it.
  /(?<before>:\/\/[^\s:/?#@"'<>]{0,256}:)(?!\[masked\]@)[^\s"'<>]{1,512}(?<after>@)/g,
  /(?<before>:\/\/)(?!\[masked\]@)[^\s:/?#@"'<>]{16,256}(?<after>@)/g,
  // What issuers mark as theirs. A token that begins like a JWT is one, however it goes on.
  ...secretShapes,
  /\beyJ[\w-]{10,}(?:\.[\w-]+){0,4}/g,
  /\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bnpm_\w{30,}|\bpypi-[\w-]{30,}|\bhv[sbr]\.[\w-]{20,}|\bdop_v1_\w{30,}/g,
  /\b[sr]k_(?:live|test)_\w{16,}|\bwhsec_[\w+/=]{16,}|\bsk-[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bAGE-SECRET-KEY-1\w{20,}/g,
  new RegExp(
    String.raw`(?<before>(?:${telling})[\w.-]{0,40}${closed}\s{0,4}(?:=>|:=|[=:])\s{0,4})${notMasked}(?:${quoted}|[^\s"',;&<>)}\]]+)`,
    "gi",
  ),
  // On a command line the value stands behind a blank.
  new RegExp(String.raw`(?<before>--[\w-]{0,40}(?:${telling})[\w-]{0,40}[ \t]{1,4})(?![-\s[])(?:${quoted}|\S+)`, "gi"),
  new RegExp(String.raw`(?<before>\b[A-Z0-9_]{0,40}PASS=)${notMasked}(?:${quoted}|[^\s"',;&]+)`, "gi"),
];

/**
 * Puts a mark where values stand that look secret: credentials of HTTP, passwords in addresses, private keys, tokens of
 * known issuers, and whatever a telling name is given. A shape can only be known or not: what looks like nothing is
 * left, which is why logs are a tier of their own.
 */
export function maskSecrets(text: string): Masked {
  let count = 0;
  let left = text;
  for (const shape of shapes)
    left = left.replace(shape, (...found) => {
      const groups = found.at(-1) as { before?: string; after?: string } | string;
      count += 1;
      return typeof groups === "string" ? mask : `${groups.before ?? ""}${mask}${groups.after ?? ""}`;
    });
  return { text: left, count };
}
