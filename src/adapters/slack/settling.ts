import { reasonLength } from "../../operation/parse.ts";
import { isRefusal, type Refusal } from "../../operation/refusal.ts";
import { secretIn } from "../../operation/secret.ts";
import { plainLine } from "../../operation/words.ts";
import type { Subject } from "../../policy/subject.ts";
import type { Request, Settlement } from "../../request/request.ts";
import type { Arrival } from "./arrival.ts";
import { about, readRequest } from "./clicks.ts";
import { doorsFor } from "./doors.ts";
import { clip } from "./escape.ts";
import { atProof, type Filled, type FormReply, inPlace, responseIn } from "./forms.ts";
import { type Front, identify } from "./front.ts";
import { doneModal, settleModal } from "./modals.ts";
import { open } from "./opening.ts";
import { refusalReply } from "./refusal-reply.ts";
import { isDirect } from "./surfaces.ts";
import { reply } from "./whisper.ts";
import { refusalWords } from "./words.ts";

/** [It ran…] or [It did not run…]: the form for one who may say so; anybody else is told why not. */
export async function openSettlement(front: Front, arrival: Arrival, id: string, as: Settlement["as"]): Promise<void> {
  const { ports, whisper } = front;
  const who = await about(front, arrival, id);
  if (isRefusal(who)) return whisper(arrival.user, arrival.channel, refusalReply(who));
  const { request, subject, now } = who;
  const standing = await ports.lifecycle.settlerStanding(request, subject, { as, now });
  if (!standing.may) {
    await recordNoSettlement(front, request, subject, standing.refusal);
    return whisper(arrival.user, arrival.channel, refusalReply(standing.refusal));
  }
  const doors = doorsFor(front, { request: id, subject: subject.sub, purpose: as }, now);
  await Promise.all([
    open(front, arrival, settleModal(request, as, standing.ways, doors)),
    ports.trail.append({ kind: "settlement.begun", request: id, subject: subject.sub, as }),
  ]);
}

/** [Look again]: recorded by the step itself; what is seen comes into the thread. */
export async function lookAgain(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  const asked = isRefusal(who) ? who : await front.ports.lifecycle.lookAgain(id, who.subject);
  if (isRefusal(asked) && !isRefusal(who)) await recordNoSettlement(front, who.request, who.subject, asked);
  const answer = isRefusal(asked) ? refusalReply(asked) : reply("A worker looks again; its thread says what it sees.");
  await front.whisper(arrival.user, arrival.channel, answer);
}

export async function submitSettlement(
  front: Front,
  arrival: Arrival,
  filled: Filled,
  as: Settlement["as"],
): Promise<FormReply> {
  const stored = await readRequest(front, filled.request);
  if (isRefusal(stored)) return inPlace(stored);
  const { channel } = stored.request.origin;
  const subject = await identify(front, arrival, isDirect(channel) ? front.settings.approvalsChannel : channel);
  if (isRefusal(subject)) return inPlace(subject);
  const why = clip(plainLine(filled.why ?? ""), reasonLength);
  const secret = secretIn(why);
  if (secret) return { errors: { why: `This seems to hold ${secret}. Say it without, and rotate it now.` } };
  const response = responseIn(filled);
  const moved = await front.ports.lifecycle.settle(filled.request, subject, { as, why, response });
  if (!isRefusal(moved)) return { view: doneModal("What you said is recorded.", moved) };
  if (!aboutTheForm.includes(moved.refused)) await recordNoSettlement(front, stored.request, subject, moved);
  if (moved.refused === "bad-arguments") return { errors: { why: refusalWords(moved) } };
  if (moved.refused !== "proof-needed") return atProof(moved, filled, as);
  // A proof that was fresh when the form was opened is not any more: the same form, now asking for one.
  const { request, now } = stored;
  const standing = await front.ports.lifecycle.settlerStanding(request, subject, { as, now });
  const doors = doorsFor(front, { request: request.id, subject: subject.sub, purpose: as }, now);
  return standing.may ? { view: settleModal(request, as, standing.ways, doors) } : inPlace(standing.refusal);
}

/** Somebody tried in vain: that stands in the trail. */
async function recordNoSettlement({ ports }: Front, { id }: Request, { sub }: Subject, no: Refusal): Promise<void> {
  await ports.trail.append({ kind: "settlement.refused", request: id, subject: sub, code: no.refused });
}

/** What a person can do better at once in the form; wrong codes are recorded where they are judged. */
const aboutTheForm: readonly Refusal["refused"][] = [
  "bad-arguments",
  "proof-needed",
  "wrong-code",
  "malformed-code",
  "code-already-used",
];
