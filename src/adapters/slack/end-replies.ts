import type { RichTextBlockElement } from "@slack/types";
import { authenticatorWords } from "../../policy/authenticator.ts";
import type { Finished, Request, Settled, Unknown } from "../../request/request.ts";
import { bold, code, lines, moment, raw } from "./blocks.ts";
import type { Surface } from "./surface.ts";
import { lasted, stateWords, unknownWords } from "./words.ts";

/** Makes one reply of the thread: its key, its text for notifications, its body. */
export type Reply = (key: string, text: string, body: readonly RichTextBlockElement[]) => Surface;

/** So many audit ids stand in a thread. */
const shownIds = 3;

/** How it ended, and what people and workers found out where nobody could tell. */
export function endReplies(request: Request, reply: Reply): readonly Surface[] {
  if ("ended" in request) {
    const words = stateWords(request);
    const end = reply("ended", words, [lines([bold(words)], [raw(trailWords(request)), moment(request.ended.at)])]);
    return [request.state === "failed" ? { ...end, broadcast: true } : end];
  }
  if (!("outcome" in request)) return [];
  const later = [...lookReplies(request, reply), ...settlementReply(request, reply)];
  // What was unknown and became known is another fact, and another reply.
  return request.state === "unknown" || request.state === "settled"
    ? [outcomeReply(request, "outcome-unknown", unknownWords(request), reply), ...later]
    : [...later, outcomeReply(request, "outcome", stateWords(request), reply), ...undoReply(request, reply)];
}

function outcomeReply(request: Finished | Unknown | Settled, key: string, words: string, reply: Reply): Surface {
  const { at, apiAuditIds, credential } = request.outcome;
  const took = lasted(at - (request.intent?.at ?? request.grant.grant.grantedAt));
  const surface = reply(key, words, [
    lines(
      [bold(words)],
      [raw(`Took ${took}. API audit ids: ${idsInWords(apiAuditIds)}.`)],
      [raw(`Credential ${credential ?? "none"}. ${trailWords(request)}`), moment(at)],
    ),
  ]);
  return request.state === "succeeded" ? surface : { ...surface, broadcast: true };
}

/** The record and the trail hold all of them; nobody reads more than a few in a thread. */
function idsInWords(ids: readonly string[]): string {
  const shown = ids.slice(0, shownIds);
  if (shown.length === 0) return "none";
  return ids.length === shown.length ? shown.join(", ") : `${shown.join(", ")} and ${ids.length - shown.length} more`;
}

function lookReplies({ looks = [] }: Finished | Unknown | Settled, reply: Reply): readonly Surface[] {
  return looks.flatMap(({ by, at, found }, i) => {
    const key = `look-${i + 1}`;
    const asked = reply(key, `${by} asked to look again`, [
      lines([raw(`${by} asked a worker to look again, `), moment(at)]),
    ]);
    if (!found) return [asked];
    const seen = [lines([bold("Looked again: "), raw(found.says), raw(" "), moment(found.at)])];
    return [asked, reply(`${key}-found`, `Looked again: ${found.says}`, seen)];
  });
}

function settlementReply(request: Finished | Unknown | Settled, reply: Reply): readonly Surface[] {
  const settlement = "settlement" in request ? request.settlement : undefined;
  if (!settlement) return [];
  const { subject, as, why, at, proof } = settlement;
  const says = `${subject} says that it ${as === "ran" ? "ran" : "did not run"}`;
  const how = proof ? `with ${authenticatorWords[proof.authenticator]}` : "without a code";
  return [
    reply("settled", says, [
      lines(
        [bold(`Settled by a person: ${says}.`)],
        [bold("Reason: "), raw(why)],
        [raw(`Said ${how}; the cluster was not asked. ${trailWords(request)}`), moment(at)],
      ),
    ]),
  ];
}

function undoReply({ undo }: Finished, reply: Reply): readonly Surface[] {
  if (!undo?.asked) return [];
  const { subject, request } = undo.asked;
  const words = `${subject} asked to undo it`;
  return [reply("undo", words, [lines([raw(`${words}: request `), code(request), raw(", "), moment(undo.at)])])];
}

function trailWords({ id }: Request): string {
  return `Every step stands in the audit trail under ${id}. `;
}
