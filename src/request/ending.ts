import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Asked } from "./asked.ts";
import type { RequestEvent } from "./event.ts";
import {
  type AwaitingApproval,
  type AwaitingChallenge,
  type Decided,
  type Ended,
  type Granted,
  inWords,
  type Planning,
  type Request,
} from "./request.ts";

/** A request of which nothing has run yet. */
type Early = Planning | AwaitingChallenge | AwaitingApproval | Granted;

/** What may happen in every state before something runs. */
export function early(request: Early, event: RequestEvent, now: number): Request | Refusal {
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
export function deadlineOf(request: Early): number {
  if (request.state === "awaiting-challenge") return Math.min(request.challenge.expiresAt, endOf(request));
  return request.state === "granted" ? request.grant.grant.notAfter : endOf(request);
}

/** When a request that is not granted by then lapses: the house's time, or its tier's where that is shorter. */
export function endOf({
  askedAt,
  expiresAt,
  decision,
}: Pick<Asked, "askedAt" | "expiresAt"> & Partial<Pick<Decided, "decision">>): number {
  const expires = decision?.requirements.expires;
  return expires === undefined ? expiresAt : Math.min(expiresAt, askedAt + expires);
}

function expiryOf(request: Early): string {
  switch (request.state) {
    case "planning":
      return request.heldUp
        ? `it could not be planned in time: ${request.heldUp.why}`
        : "it could not be planned in time";
    case "awaiting-challenge":
      return "nobody proved presence in time";
    case "awaiting-approval":
      return "not enough people approved in time";
    case "granted":
      return request.heldUp ? `it could not begin in time: ${request.heldUp.why}` : "no worker began in time";
  }
}

export function end(request: Early, state: Ended["state"], at: number, by: string, why: string): Ended {
  const { id, operation, reason, requester, origin, askedAt, expiresAt, breakGlass, signature } = request;
  return {
    ...{ id, operation, reason, requester, origin, askedAt, expiresAt, signature },
    ...(breakGlass ? { breakGlass } : {}),
    ...("plan" in request && request.plan ? { plan: request.plan } : {}),
    ...("digest" in request && request.digest !== undefined ? { digest: request.digest } : {}),
    ...("decision" in request ? { decision: request.decision } : {}),
    ...("proof" in request && request.proof ? { proof: request.proof } : {}),
    ...("approvals" in request ? { approvals: request.approvals } : {}),
    state,
    ended: { at, by, why, was: request.state },
  };
}

export function alive(request: Parameters<typeof endOf>[0], now: number): Refusal | undefined {
  return now > endOf(request) ? tooLate() : undefined;
}

export function tooLate(): Refusal {
  return refuse("too-late", "The time for this is over.", "Ask again.");
}

export function notNow(request: Request, event: RequestEvent): Refusal {
  return refuse("not-in-this-state", `The request is ${inWords(request.state)}; it cannot be ${event.type} now.`);
}
