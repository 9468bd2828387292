import type { Refusal } from "../../operation/refusal.ts";
import { type Reply, reply } from "./whisper.ts";
import { refusalWords } from "./words.ts";

/** A refusal, for the person alone. */
export function refusalReply(refusal: Refusal): Reply {
  return reply(refusalWords(refusal));
}
