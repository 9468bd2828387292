import { type Refusal, refuse } from "../operation/refusal.ts";
import { elevationBy } from "./elevation.ts";
import { early, end, notNow, tooLate } from "./ending.ts";
import type { On, RequestEvent } from "./event.ts";
import { holdBack } from "./hold-back.ts";
import type { Claim, Executing, Finished, Granted, Request } from "./request.ts";
import { undoOffer } from "./undo-offer.ts";

type Next = Request | Refusal;

/** What happens to a granted request: the steps of the worker that holds it, until it begins. */
export function fromGranted(request: Granted, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "claimed":
      if (now > request.grant.grant.notAfter) return tooLate();
      if (request.claim && request.claim.leaseUntil > now)
        return refuse("lease-lost", "Another worker holds this request.");
      if (event.claim.fence !== (request.claim?.fence ?? 0) + 1) return refuse("lease-lost", "The fence has moved on.");
      return { ...request, claim: event.claim };
    case "held-up":
      return heldUp(request, event, now);
    case "grant-refused":
      return fenced(request, event.fence, now) ?? end(request, "denied", now, "the worker", event.why);
    case "conflicted":
      return fenced(request, event.fence, now) ?? end(request, "conflict", now, "the worker", event.why);
    case "intended": {
      const lost = fenced(request, event.fence, now);
      if (lost || !request.claim) return lost ?? notNow(request, event);
      if (now > request.grant.grant.notAfter) return tooLate();
      const { heldUp: _, ...begun } = request;
      const intent = { ...event.intent, at: now };
      const claim = { ...request.claim, leaseUntil: event.leaseUntil };
      return { ...begun, state: "executing", intent, claim, ...keptWith(event) };
    }
    case "finished": {
      // Without an intent nothing was changed: only a read, or a fault before the act, ends like this.
      const lost = fenced(request, event.fence, now);
      if (lost || !request.claim || event.as === "unknown") return lost ?? notNow(request, event);
      const { heldUp: _, ...read } = request;
      return finish({ ...read, claim: request.claim }, event);
    }
    default:
      return early(request, event, now);
  }
}

/** A worker that holds the request gives its claim back, so that whoever comes next can try at once. */
function heldUp(request: Granted, event: On<"held-up">, now: number): Next {
  if (now > request.grant.grant.notAfter) return tooLate();
  const { claim } = request;
  if (event.fence !== undefined)
    return fenced(request, event.fence, now) ?? holdBack({ ...request, ...givenBack(claim, now) }, event, now);
  if (claim && claim.leaseUntil > now) return refuse("lease-lost", "A worker holds this request.");
  return holdBack(request, event, now);
}

function givenBack(claim: Claim | undefined, now: number) {
  return claim ? { claim: { ...claim, leaseUntil: now } } : {};
}

/** What happens once it has begun: nothing but the steps of workers. */
export function fromExecuting(request: Executing, event: RequestEvent, now: number): Next {
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
          ...keptWith(event),
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

/** What still happens after it succeeded: the offer to take it back ends, once. */
export function fromSucceeded(request: Finished, event: RequestEvent, now: number): Next {
  const offer = undoOffer(request);
  switch (event.type) {
    case "undo-asked": {
      const { subject, request: by } = event;
      if (!offer) return notNow(request, event);
      return now > offer.until ? tooLate() : { ...request, undo: { at: now, asked: { subject, request: by } } };
    }
    case "undo-lapsed":
      return offer && now > offer.until ? { ...request, undo: { at: now } } : notNow(request, event);
    default:
      return notNow(request, event);
  }
}

function finish(request: (Granted & { claim: Executing["claim"] }) | Executing, event: On<"finished">): Request {
  const { outcome, as, answer } = event;
  const brought = answer === undefined ? {} : { answer };
  const known = { ...request, outcome, ...brought, ...elevationBy(request, event) };
  return as === "unknown" ? { ...known, state: as } : { ...known, state: as };
}

function fenced(request: Granted | Executing, fence: number, now: number): Refusal | undefined {
  if (request.claim?.fence !== fence) return refuse("lease-lost", "Another worker took this request over.");
  return now > request.claim.leaseUntil ? refuse("lease-lost", "The lease is over.") : undefined;
}

/** What a later intent does not keep anew stays as it was kept. */
function keptWith({ kept }: On<"intended">) {
  return kept === undefined ? {} : { kept };
}
