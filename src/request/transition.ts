import { triesPerChallenge } from "../challenge/challenge.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import { approvalsWanted, openStage } from "../policy/stages.ts";
import { fromElevated, isOfElevation } from "./elevation.ts";
import { alive, early, end, endOf, notNow, tooLate } from "./ending.ts";
import type { On, RequestEvent } from "./event.ts";
import { holdBack } from "./hold-back.ts";
import { nextCall } from "./next-call.ts";
import type { Approval, AwaitingApproval, AwaitingChallenge, Decided, Granted, Planning, Request } from "./request.ts";
import { fromReviewed, isOfReview } from "./review.ts";
import { fromExecuting, fromGranted, fromSucceeded } from "./running.ts";
import { fromSettled, fromUnknown } from "./unknown.ts";

type Next = Request | Refusal;

/** What `event` makes of `request` at `now` (Redis's clock). Pure and total: whatever is not written here is refused. */
export function transition(request: Request, event: RequestEvent, now: number): Next {
  if (isOfReview(event)) return fromReviewed(request, event, now);
  switch (request.state) {
    case "planning":
      return fromPlanning(request, event, now);
    case "awaiting-challenge":
      return fromChallenge(request, event, now);
    case "awaiting-approval":
      return fromApproval(request, event, now);
    case "granted":
      return fromGranted(request, event, now);
    case "executing":
      return fromExecuting(request, event, now);
    case "unknown":
      return isOfElevation(event) ? fromElevated(request, event, now) : fromUnknown(request, event, now);
    case "settled":
      return isOfElevation(event) ? fromElevated(request, event, now) : fromSettled(request, event);
    case "succeeded":
      return isOfElevation(event) ? fromElevated(request, event, now) : fromSucceeded(request, event, now);
    case "failed":
      return fromElevated(request, event, now);
    case "cancelled":
    case "expired":
    case "denied":
    case "conflict":
      return notNow(request, event);
  }
}

function fromPlanning(request: Planning, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "planned": {
      const { heldUp: _, ...asked } = request;
      return request.plan
        ? notNow(request, event)
        : (alive(request, now) ?? { ...asked, plan: event.plan, digest: event.digest });
    }
    case "held-up":
      return request.plan ? notNow(request, event) : (alive(request, now) ?? holdBack(request, event, now));
    case "unplannable":
      return request.plan ? notNow(request, event) : end(request, "failed", now, "the worker", event.why);
    case "decided":
      return alive(request, now) ?? decided(request, event, now);
    default:
      return early(request, event, now);
  }
}

function decided(request: Planning, event: On<"decided">, now: number): Next {
  const { plan, digest, ...asked } = request;
  if (!plan || digest === undefined) return notNow(request, event);
  const { decision, approvers } = event;
  const known: Decided = { ...asked, plan, digest, decision, ...(approvers ? { approvers } : {}) };
  if (event.decision.requirements.stepUp === undefined) return awaitApproval(known, now);
  if (event.proof) return awaitApproval(known, now, event.proof);
  const expiresAt = Math.min(event.challengeExpiresAt, endOf(known));
  if (expiresAt <= now) return notNow(request, event);
  const challenge = { digest, subject: request.requester, expiresAt, triesLeft: triesPerChallenge };
  return { ...known, state: "awaiting-challenge", challenge };
}

function awaitApproval(known: Decided, now: number, proof?: AwaitingApproval["proof"]): AwaitingApproval {
  const waiting = known.decision.requirements.approvals ? { waiting: { since: now } } : {};
  return {
    ...known,
    state: "awaiting-approval",
    approvals: [],
    wrongCodes: {},
    ...waiting,
    ...(proof ? { proof } : {}),
  };
}

function fromChallenge(request: AwaitingChallenge, event: RequestEvent, now: number): Next {
  const { challenge, ...known } = request;
  switch (event.type) {
    case "proved":
      if (event.proof.subject !== challenge.subject || event.proof.digest !== challenge.digest)
        return refuse("not-yours", "This proof is not for this request.");
      return now > challenge.expiresAt ? tooLate() : awaitApproval(known, now, event.proof);
    case "proof-failed": {
      const triesLeft = challenge.triesLeft - 1;
      if (triesLeft > 0) return { ...request, challenge: { ...challenge, triesLeft } };
      return end(request, "denied", now, "the challenge", `${triesPerChallenge} wrong codes in a row`);
    }
    // Nobody approves yet: it is the requester's own no, said on their device.
    case "denied":
      return event.subject === challenge.subject
        ? end(request, "denied", now, event.subject, event.why)
        : notNow(request, event);
    default:
      return early(request, event, now);
  }
}

function fromApproval(request: AwaitingApproval, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "approved": {
      const { approval } = event;
      if (approval.digest !== request.digest) return refuse("plan-changed", "This approval is for another plan.");
      if (approval.subject === request.requester) return refuse("own-request", "Nobody approves their own request.");
      if (request.approvals.some((earlier) => earlier.subject === approval.subject))
        return refuse("already-approved", "You have approved this already; one person counts once.");
      return alive(request, now) ?? approvedBy(request, approval, now);
    }
    case "reminded":
    case "escalated": {
      const call = nextCall(request);
      if (!request.waiting || call?.type !== event.type || now < call.at) return notNow(request, event);
      const { type, ...called } = event;
      return alive(request, now) ?? { ...request, waiting: { ...request.waiting, [type]: { at: now, ...called } } };
    }
    case "proof-failed": {
      const wrong = (request.wrongCodes[event.subject] ?? 0) + 1;
      return { ...request, wrongCodes: { ...request.wrongCodes, [event.subject]: wrong } };
    }
    case "denied":
      return end(request, "denied", now, event.subject, event.why);
    case "granted": {
      const { wrongCodes: _, waiting: __, ...known } = request;
      if (request.approvals.length < approvalsWanted(request.decision.requirements)) return notNow(request, event);
      return alive(request, now) ?? { ...known, state: "granted", grant: event.grant, ...reviewFrom(request, event) };
    }
    default:
      return early(request, event, now);
  }
}

/** What a grant that breaks the glass leaves to be closed. */
function reviewFrom({ decision }: AwaitingApproval, { grant: { grant } }: On<"granted">): Pick<Granted, "review"> {
  const { breakGlass } = decision.requirements;
  return breakGlass ? { review: { due: grant.grantedAt + breakGlass.review } } : {};
}

/** One approval more. Where it fills a stage, the next one begins to wait. */
function approvedBy(request: AwaitingApproval, approval: Approval, now: number): AwaitingApproval {
  const stage = (given: number) => openStage(request.decision.requirements, given)?.number;
  const approvals = [...request.approvals, approval];
  const fills = stage(approvals.length) !== stage(request.approvals.length);
  return { ...request, approvals, ...(fills && request.waiting ? { waiting: { since: now } } : {}) };
}
