import type { IncomingMessage } from "node:http";

/** A no with the HTTP status it is told by. */
export class HttpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join("; ");

/** Sent with every answer: nothing inline, nothing from elsewhere, in nobody's frame. */
export const guardHeaders: readonly (readonly [string, string])[] = [
  ["content-security-policy", POLICY],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cache-control", "no-store"],
];

const LOOPBACK_NAMES = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Refuses what another web page makes a browser send here: a name that only resolves to loopback (DNS rebinding), a
 * foreign origin, a form's content type. Throws {@link HttpRefusal}.
 */
export function refuseForeign({ headers, method }: IncomingMessage): void {
  const { host = "", origin } = headers;
  if (!LOOPBACK_NAMES.has(host.replace(/:\d+$/, "").toLowerCase()))
    throw new HttpRefusal(403, "This page answers to loopback names only.");
  if (headers["sec-fetch-site"] === "cross-site") throw new HttpRefusal(403, "This page is not for other sites.");
  if (method !== "POST") return;
  if (origin !== undefined && origin !== `http://${host}`)
    throw new HttpRefusal(403, "This page takes acts from itself only.");
  if (!/^application\/json(?:\s*;|$)/i.test(headers["content-type"] ?? ""))
    throw new HttpRefusal(415, "Acts are sent as application/json.");
}
