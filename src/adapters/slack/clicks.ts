import type { ModalView } from "@slack/types";
import { isRefusal, type Refusal, refuse } from "../../operation/refusal.ts";
import { isRequestId } from "../../operation/request-id.ts";
import type { Subject } from "../../policy/subject.ts";
import type { Request } from "../../request/request.ts";
import type { Arrival } from "./arrival.ts";
import { doorsFor } from "./doors.ts";
import { type Front, identify } from "./front.ts";
import { denyModal, proveModal, refusalModal, reviewModal } from "./modals.ts";
import { notOpened, open } from "./opening.ts";
import { refusalReply } from "./refusal-reply.ts";
import { reply } from "./whisper.ts";

/** [Prove presence]: the requester's form, with nothing slow before it, for the trigger dies after 3 s. */
export async function openProof(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  if (isRefusal(who)) return open(front, arrival, refusalModal(who));
  const { request, subject, now } = who;
  const doors = doorsFor(front, { request: id, subject: subject.sub, purpose: "prove" }, now);
  await open(front, arrival, proveModal(request, await front.ports.lifecycle.proverStanding(request, subject), doors));
}

/** [Review]: the approver's form, made for the one who clicked; who may not approve sees the plan and why. */
export async function openReview(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  if (isRefusal(who)) return open(front, arrival, refusalModal(who));
  const { request, subject, now } = who;
  const standing = await front.ports.lifecycle.standing(request, subject, now);
  const doors = doorsFor(front, { request: id, subject: subject.sub, purpose: "approve" }, now);
  await open(front, arrival, reviewModal(request, standing, doors));
}

/** [Cancel]: Slack has asked already whether they mean it. */
export async function cancel(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  const done = isRefusal(who) ? who : await front.ports.lifecycle.cancel(id, who.subject, "");
  const answer = isRefusal(done) ? refusalReply(done) : reply(`Request \`${id}\` is cancelled.`);
  await front.whisper(arrival.user, arrival.channel, answer);
}

/** [Take the role away]: Slack has asked already whether they mean it. */
export async function revoke(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  const done = isRefusal(who) ? who : await front.ports.lifecycle.revoke(id, who.subject, "");
  const answer = isRefusal(done) ? refusalReply(done) : reply(`The elevation \`${id}\` is being ended.`);
  await front.whisper(arrival.user, arrival.channel, answer);
}

/** [Deny…] inside the review: the form gives way to the one that asks why. */
export async function openDenial(front: Front, arrival: Arrival, id: string, view: ViewRef): Promise<void> {
  const who = await about(front, arrival, id, front.settings.approvalsChannel);
  await replace(front, arrival, view, isRefusal(who) ? refusalModal(who) : denyModal(who.request));
}

/** A form that stands open, as it was seen. */
export interface ViewRef {
  readonly id: string;
  readonly hash: string;
}

/** Another form in the place of one that is open. */
export async function replace(front: Front, arrival: Arrival, view: ViewRef, next: ModalView): Promise<void> {
  try {
    await front.slack.views.update({ view_id: view.id, hash: view.hash, view: next });
  } catch (fault) {
    await notOpened(front, arrival, fault);
  }
}

interface About {
  readonly request: Request;
  readonly subject: Subject;
  readonly now: number;
}

/** The request a button is about and who clicked. A button's value is neither secret nor signed: only an id to look up. */
export async function about(front: Front, arrival: Arrival, id: string, ...alsoIn: string[]): Promise<About | Refusal> {
  const [subject, stored] = await Promise.all([identify(front, arrival, ...alsoIn), readRequest(front, id)]);
  if (isRefusal(subject)) return subject;
  if (isRefusal(stored)) return stored;
  return { subject, request: stored.request, now: stored.now };
}

/** Reads a request by an id that came from outside. */
export async function readRequest({ ports }: Front, id: string) {
  const stored = isRequestId(id) ? await ports.store.read(id) : undefined;
  return stored ?? refuse("no-such-request", "There is no such request.", "`mine` lists yours.");
}
