import type { ModalView } from "@slack/types";
import type { Response } from "../../challenge/challenge.ts";
import { reasonLength } from "../../operation/parse.ts";
import { isRefusal, type Refusal } from "../../operation/refusal.ts";
import { secretIn } from "../../operation/secret.ts";
import { plainLine } from "../../operation/words.ts";
import type { Arrival } from "./arrival.ts";
import { readRequest } from "./clicks.ts";
import { doorsFor } from "./doors.ts";
import { clip } from "./escape.ts";
import { type Front, identify } from "./front.ts";
import { approvalsOf } from "./known.ts";
import type { Metadata } from "./metadata.ts";
import { doneModal, notYetModal, type ProofForm, refusalModal, reviewModal } from "./modals.ts";
import { isDirect } from "./surfaces.ts";
import { refusalWords } from "./words.ts";

/** What a submission is answered with: words under a field, or another view in the form's place. */
export type FormReply = { readonly errors: Readonly<Record<string, string>> } | { readonly view: ModalView };

/** What was filled in: block id -> what stands there; absent = the form has no such field. */
export interface Filled extends Metadata {
  readonly code?: string;
  readonly why?: string;
}

export async function submitProof(front: Front, arrival: Arrival, filled: Filled): Promise<FormReply> {
  const stored = await readRequest(front, filled.request);
  if (isRefusal(stored)) return inPlace(stored);
  const { channel } = stored.request.origin;
  const subject = await identify(front, arrival, ...(isDirect(channel) ? [] : [channel]));
  if (isRefusal(subject)) return inPlace(subject);
  const moved = await front.ports.lifecycle.prove(filled.request, subject, responseIn(filled) ?? nothingTyped);
  return isRefusal(moved) ? atProof(moved, filled, "prove") : { view: doneModal("Your presence is proved.", moved) };
}

export async function submitApproval(front: Front, arrival: Arrival, filled: Filled): Promise<FormReply> {
  const subject = await identify(front, arrival, front.settings.approvalsChannel);
  if (isRefusal(subject)) return inPlace(subject);
  const { lifecycle } = front.ports;
  const moved = await lifecycle.approve(filled.request, subject, responseIn(filled));
  if (!isRefusal(moved)) {
    // Policy is decided again as a yes lands, and its no ends the request without that yes.
    const counts = approvalsOf(moved).some((approval) => approval.subject === subject.sub);
    return { view: doneModal(counts ? "Your approval is recorded." : "Your approval does not count.", moved) };
  }
  await recordNoApproval(front, filled.request, subject.sub, moved);
  if (moved.refused !== "proof-needed" || responseIn(filled)) return atProof(moved, filled, "approve");
  // A proof that was fresh when the form was opened is not any more: the same form, now asking for one.
  const stored = await readRequest(front, filled.request);
  if (isRefusal(stored)) return inPlace(stored);
  const { request, now } = stored;
  const doors = doorsFor(front, { request: request.id, subject: subject.sub, purpose: "approve" }, now);
  return { view: reviewModal(request, await lifecycle.standing(request, subject, now), doors) };
}

export async function submitDenial(front: Front, arrival: Arrival, filled: Filled): Promise<FormReply> {
  const subject = await identify(front, arrival, front.settings.approvalsChannel);
  if (isRefusal(subject)) return inPlace(subject);
  const why = clip(plainLine(filled.why ?? ""), reasonLength);
  const secret = secretIn(why);
  if (secret) return { errors: { why: `This seems to hold ${secret}. Say it without, and rotate it now.` } };
  const moved = await front.ports.lifecycle.deny(filled.request, subject, why);
  if (!isRefusal(moved)) return { view: doneModal("Your denial is recorded.", moved) };
  await recordNoApproval(front, filled.request, subject.sub, moved);
  return moved.refused === "bad-arguments" ? { errors: { why: refusalWords(moved) } } : inPlace(moved);
}

/** Somebody tried to decide who must not: that stands in the trail. */
async function recordNoApproval({ ports }: Front, request: string, subject: string, no: Refusal): Promise<void> {
  if (no.refused === "own-request" || no.refused === "not-an-approver")
    await ports.trail.append({ kind: "approval.refused", request, subject, code: no.refused });
}

/** What answers a challenge: the code of an authenticator app, or the push that the form was for, with its code if any. */
export function responseIn({ code, started }: Filled): Response | undefined {
  const given = (code ?? "").replace(/\s/g, "");
  if (started) return { by: started.by, given, started };
  return code === undefined ? undefined : { by: "totp", given };
}

/** What a form without a field sends: no code of anybody. */
export const nothingTyped: Response = { by: "totp", given: "" };

const aboutTheCode: readonly Refusal["refused"][] = [
  "wrong-code",
  "malformed-code",
  "code-already-used",
  "locked",
  "not-enrolled",
  "not-yet",
];

/** Under the code's field where the person can do better at once; else in the form's place. */
export function atCode(refusal: Refusal, filled: Filled): FormReply {
  return "code" in filled && aboutTheCode.includes(refusal.refused)
    ? { errors: { code: refusalWords(refusal).replaceAll("`", "") } }
    : inPlace(refusal);
}

/**
 * The same of a form that may wait for a device: one that has not answered yet is asked about again by the same form, under
 * the field that is in it, or in its place where it has none.
 */
export function atProof(refusal: Refusal, filled: Filled, form: ProofForm): FormReply {
  if (!filled.started || refusal.refused !== "not-yet" || "code" in filled) return atCode(refusal, filled);
  const words = refusalWords(refusal).replaceAll("`", "");
  return "why" in filled ? { errors: { why: words } } : { view: notYetModal(form, filled, refusal) };
}

export function inPlace(refusal: Refusal): FormReply {
  return { view: refusalModal(refusal) };
}
