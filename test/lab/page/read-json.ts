import type { IncomingMessage } from "node:http";
import { HttpRefusal } from "./doorway.ts";

/** Bytes: a modal's longest fields fit many times over. */
const LONGEST_BODY = 64 * 1024;

/** Reads a request's body as JSON. Throws {@link HttpRefusal} when it is too long or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const tooLong = new HttpRefusal(413, `An act has at most ${LONGEST_BODY} bytes.`);
  // Said before anything is read, so that the answer still reaches a sender who says how much is coming.
  if (Number(request.headers["content-length"] ?? 0) > LONGEST_BODY) throw tooLong;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw tooLong;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpRefusal(400, "That is no JSON.");
  }
}
