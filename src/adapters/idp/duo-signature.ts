import { createHash, createHmac } from "node:crypto";

/** What of a call to Duo is signed. */
export interface SignedCall {
  /** As it stands in the `Date` header, RFC 2822. */
  readonly date: string;
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly path: string;
  /** The query as {@link queryOf} writes it; empty for a POST. */
  readonly query: string;
  /** The very bytes that are sent; empty for a GET. */
  readonly body: string;
}

/** The `Authorization` of a call: Duo's signature version 5, HMAC-SHA512 in hex over seven lines. */
export function duoAuthorization(call: SignedCall, keys: { readonly integrationKey: string; readonly secret: string }) {
  const { date, method, host, path, query, body } = call;
  // The last line is for headers of Duo's own, of which none is sent.
  const lines = [date, method, host.toLowerCase(), path, query, sha512(body), sha512("")];
  const signature = createHmac("sha512", keys.secret).update(lines.join("\n")).digest("hex");
  return `Basic ${Buffer.from(`${keys.integrationKey}:${signature}`).toString("base64")}`;
}

/** Names and values in the order of their names; everything but A-Z, a-z, 0-9, `_`, `.`, `~` and `-` as %XX. */
export function queryOf(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join("&");
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha512(text: string): string {
  return createHash("sha512").update(text, "utf8").digest("hex");
}
