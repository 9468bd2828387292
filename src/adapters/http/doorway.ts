import type { IncomingMessage } from "node:http";

/** A no with the HTTP status it is told by; its words are for the person at the page. */
export class HttpRefusal extends Error {
  readonly status: number;
  constructor(status: number, says: string) {
    super(says);
    this.name = "HttpRefusal";
    this.status = status;
  }
}

/** Far more than a link and a code need, in bytes. */
const bodyLimit = 4_096;
/** What is too much is read up to here and thrown away: whoever is still sending would not hear the no. */
const patience = 1_048_576;

/** Refuses what another site makes a browser send here. JSON cannot be sent across origins without a leave we never give. */
export function refuseForeign({ headers }: IncomingMessage): void {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    throw new HttpRefusal(403, "This page is not for other sites.");
  if (!/^application\/json(?:\s*;|$)/i.test(headers["content-type"] ?? ""))
    throw new HttpRefusal(415, "This takes application/json.");
}

/** The body as JSON; refuses what is too large or is none. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= bodyLimit) parts.push(part);
    else if (size > patience) break;
  }
  if (size > bodyLimit) throw new HttpRefusal(413, "That is too much.");
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new HttpRefusal(400, "That is no JSON.");
  }
}
