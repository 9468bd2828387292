import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Duo takes a call whose date is five minutes off at most. */
const skewMs = 5 * 60_000;

/**
 * Judges a call as Duo does, from what came over the wire and apart from the client's own signer: which of Duo's error
 * codes it is refused with, or undefined.
 */
export function whyUnsigned(
  { method = "", url = "", headers }: IncomingMessage,
  body: string,
  keys: { readonly integrationKey: string; readonly secret: string },
  now: number,
): number | undefined {
  const [, given = ""] = /^Basic (\S+)$/.exec(headers.authorization ?? "") ?? [];
  const [integrationKey, signature = ""] = Buffer.from(given, "base64").toString().split(":");
  const { date } = headers;
  if (given === "") return 40101;
  if (integrationKey !== keys.integrationKey) return 40102;
  if (date === undefined) return 40104;
  if (!(Math.abs(Date.parse(date) - now) <= skewMs)) return 40105;
  const [path, query = ""] = url.split("?");
  const ofBody = hash("sha512", method === "POST" ? body : "", "hex");
  const signed = `${date}\n${method}\n${headers.host}\n${path}\n${sorted(query)}\n${ofBody}\n${hash("sha512", "", "hex")}`;
  const right = createHmac("sha512", keys.secret).update(signed).digest();
  const came = Buffer.from(signature, "hex");
  if (came.length !== right.length || !timingSafeEqual(came, right)) return 40103;
  return method === "POST" && headers["content-type"] !== "application/json" ? 40106 : undefined;
}

function sorted(query: string): string {
  return query.split("&").sort().join("&");
}
