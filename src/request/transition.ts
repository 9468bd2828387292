import { triesPerChallenge } from "../challenge/challenge.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import type { RequestEvent } from "./event.ts";
import {
  type AwaitingApproval,
  type AwaitingChallenge,
  type Decided,
  type Ended,
  type Executing,
  type Granted,
  inWords,
  type Planning,
  type Request,
} from "./request.ts";

type Next = Request | Refusal;
type On<T extends RequestEvent["type"]> = Extract<RequestEvent, { type: T }>;

/** What `event` makes of `request` at `now` (Redis's clock). Pure and total: whatever is not written here is refused. */
export function transition(request: Request, event: RequestEvent, now: number): Next {
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
      // A worker that was thought dead may come back and say that it was done. That its own call was refused says
      // nothing of the calls of others.
      return event.type === "finished" && event.made && event.as !== "unknown" && event.fence <= request.claim.fence
        ? { ...request, state: event.as, outcome: event.outcome }
        : notNow(request, event);
    case "succeeded":
    case "failed":
    case "cancelled":
    case "expired":
    case "denied":
    case "conflict":
      return notNow(request, event);
  }
}

function fromPlanning(request: Planning, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "planned":
      return request.plan
        ? notNow(request, event)
        : (alive(request, now) ?? { ...request, plan: event.plan, digest: event.digest });
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
  const known: Decided = { ...asked, plan, digest, decision: event.decision };
  if (event.decision.requirements.stepUp === undefined) return awaitApproval(known);
  if (event.proof) return awaitApproval(known, event.proof);
  const expiresAt = Math.min(event.challengeExpiresAt, request.expiresAt);
  if (expiresAt <= now) return notNow(request, event);
  const challenge = { digest, subject: request.requester, expiresAt, triesLeft: triesPerChallenge };
  return { ...known, state: "awaiting-challenge", challenge };
}

function awaitApproval(known: Decided, proof?: AwaitingApproval["proof"]): AwaitingApproval {
  return { ...known, state: "awaiting-approval", approvals: [], wrongCodes: {}, ...(proof ? { proof } : {}) };
}

function fromChallenge(request: AwaitingChallenge, event: RequestEvent, now: number): Next {
  const { challenge, ...known } = request;
  switch (event.type) {
    case "proved":
      if (event.proof.subject !== challenge.subject || event.proof.digest !== challenge.digest)
        return refuse("not-yours", "This proof is not for this request.");
      return now > challenge.expiresAt ? tooLate() : awaitApproval(known, event.proof);
    case "proof-failed": {
      const triesLeft = challenge.triesLeft - 1;
      if (triesLeft > 0) return { ...request, challenge: { ...challenge, triesLeft } };
      return end(request, "denied", now, "the challenge", `${triesPerChallenge} wrong codes in a row`);
    }
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
      return alive(request, now) ?? { ...request, approvals: [...request.approvals, approval] };
    }
    case "proof-failed": {
      const wrong = (request.wrongCodes[event.subject] ?? 0) + 1;
      return { ...request, wrongCodes: { ...request.wrongCodes, [event.subject]: wrong } };
    }
    case "denied":
      return end(request, "denied", now, event.subject, event.why);
    case "granted": {
      const { wrongCodes: _, ...known } = request;
      if (request.approvals.length < (request.decision.requirements.approvals?.count ?? 0))
        return notNow(request, event);
      return alive(request, now) ?? { ...known, state: "granted", grant: event.grant };
    }
    default:
      return early(request, event, now);
  }
}

function fromGranted(request: Granted, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "claimed":
      if (now > request.grant.grant.notAfter) return tooLate();
      if (request.claim && request.claim.leaseUntil > now)
        return refuse("lease-lost", "Another worker holds this request.");
      if (event.claim.fence !== (request.claim?.fence ?? 0) + 1) return refuse("lease-lost", "The fence has moved on.");
      return { ...request, claim: event.claim };
    case "grant-refused":
      return fenced(request, event.fence, now) ?? end(request, "denied", now, "the worker", event.why);
    case "conflicted":
      return fenced(request, event.fence, now) ?? end(request, "conflict", now, "the worker", event.why);
    case "intended": {
      const lost = fenced(request, event.fence, now);
      if (lost || !request.claim) return lost ?? notNow(request, event);
      if (now > request.grant.grant.notAfter) return tooLate();
      const intent = { ...event.intent, at: now };
      return { ...request, state: "executing", intent, claim: { ...request.claim, leaseUntil: event.leaseUntil } };
    }
    case "finished": {
      // Without an intent nothing was changed: only a read, or a fault before the act, ends like this.
      const lost = fenced(request, event.fence, now);
      if (lost || !request.claim || event.as === "unknown") return lost ?? notNow(request, event);
      return finish({ ...request, claim: request.claim }, event);
    }
    default:
      return early(request, event, now);
  }
}

function fromExecuting(request: Executing, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "claimed":
      if (request.claim.leaseUntil > now) return refuse("lease-lost", "Another worker holds this request.");
      return event.claim.fence === request.claim.fence + 1
        ? { ...request, claim: event.claim }
        : refuse("lease-lost", "The fence has moved on.");
    case "intended":
      // The next step, or the same one with another precondition once the server refused the first for certain.
      if (event.intent.step < request.intent.step) return notNow(request, event);
      return (
        fenced(request, event.fence, now) ?? {
          ...request,
          intent: { ...event.intent, at: now },
          claim: { ...request.claim, leaseUntil: event.leaseUntil },
        }
      );
    case "progressed":
      return (
        fenced(request, event.fence, now) ?? {
          ...request,
          progress: event.progress,
          claim: { ...request.claim, leaseUntil: event.leaseUntil },
        }
      );
    case "finished":
      // The lease may be over: nobody else took the request, and what was seen is better than nothing.
      return event.fence === request.claim.fence
        ? finish(request, event)
        : refuse("lease-lost", "Another worker took this request over.");
    default:
      return notNow(request, event);
  }
}

function finish(request: (Granted & { claim: Executing["claim"] }) | Executing, event: On<"finished">): Request {
  const { outcome, as, answer, kept } = event;
  const brought = { ...(answer === undefined ? {} : { answer }), ...(kept === undefined ? {} : { kept }) };
  return { ...request, state: as, outcome, ...brought };
}

/** What may happen in every state before something runs. */
function early(
  request: Planning | AwaitingChallenge | AwaitingApproval | Granted,
  event: RequestEvent,
  now: number,
): Next {
  switch (event.type) {
    case "cancelled":
      return end(request, "cancelled", now, event.subject, event.why);
    case "forbidden":
      return end(request, "denied", now, event.rule, event.why);
    case "expired":
      return now > deadlineOf(request)
        ? end(request, "expired", now, "the clock", expiryOf(request))
        : notNow(request, event);
    default:
      return notNow(request, event);
  }
}

/** When this request lapses by itself if nothing happens. */
export function deadlineOf(request: Planning | AwaitingChallenge | AwaitingApproval | Granted): number {
  if (request.state === "awaiting-challenge") return Math.min(request.challenge.expiresAt, request.expiresAt);
  return request.state === "granted" ? request.grant.grant.notAfter : request.expiresAt;
}

function expiryOf(request: Planning | AwaitingChallenge | AwaitingApproval | Granted): string {
  switch (request.state) {
    case "planning":
      return "it could not be planned in time";
    case "awaiting-challenge":
      return "nobody proved presence in time";
    case "awaiting-approval":
      return "not enough people approved in time";
    case "granted":
      return "no worker began in time";
  }
}

function end(
  request: Exclude<Request, Ended | Executing>,
  state: Ended["state"],
  at: number,
  by: string,
  why: string,
): Ended {
  const { id, operation, reason, requester, origin, askedAt, expiresAt, signature } = request;
  return {
    ...{ id, operation, reason, requester, origin, askedAt, expiresAt, signature },
    ...("plan" in request && request.plan ? { plan: request.plan } : {}),
    ...("digest" in request && request.digest !== undefined ? { digest: request.digest } : {}),
    ...("decision" in request ? { decision: request.decision } : {}),
    ...("proof" in request && request.proof ? { proof: request.proof } : {}),
    ...("approvals" in request ? { approvals: request.approvals } : {}),
    state,
    ended: { at, by, why, was: request.state },
  };
}

function alive(request: { readonly expiresAt: number }, now: number): Refusal | undefined {
  return now > request.expiresAt ? tooLate() : undefined;
}

function fenced(request: Granted | Executing, fence: number, now: number): Refusal | undefined {
  if (request.claim?.fence !== fence) return refuse("lease-lost", "Another worker took this request over.");
  return now > request.claim.leaseUntil ? refuse("lease-lost", "The lease is over.") : undefined;
}

function tooLate(): Refusal {
  return refuse("too-late", "The time for this is over.", "Ask again.");
}

function notNow(request: Request, event: RequestEvent): Refusal {
  return refuse("not-in-this-state", `The request is ${inWords(request.state)}; it cannot be ${event.type} now.`);
}
