import { type Refusal, refuse } from "../operation/refusal.ts";
import { notNow } from "./ending.ts";
import type { On, RequestEvent } from "./event.ts";
import { type Look, mostLooks, type Request, type Settled, type Unknown } from "./request.ts";

type Next = Request | Refusal;

/** What still happens when nobody could tell whether it ran. */
export function fromUnknown(request: Unknown, event: RequestEvent, now: number): Next {
  switch (event.type) {
    case "finished":
      return madeAfterAll(request, event);
    case "proof-failed": {
      const wrong = (request.wrongCodes?.[event.subject] ?? 0) + 1;
      return { ...request, wrongCodes: { ...request.wrongCodes, [event.subject]: wrong } };
    }
    case "settled": {
      const { settlement } = event;
      if (settlement.subject === request.requester)
        return refuse("own-request", "Nobody settles what became of their own request.");
      const { wrongCodes: _, ...known } = request;
      return { ...known, state: "settled", settlement };
    }
    case "look-again": {
      if (!mayBeLookedAt(request)) return notNow(request, event);
      return { ...request, looks: [...(request.looks ?? []), { at: now, by: event.subject }] };
    }
    case "looked":
      return openLook(request) === event.look ? looked(request, event, now) : notNow(request, event);
    default:
      return notNow(request, event);
  }
}

/** What still happens once a person has said what came of it: a worker that was thought dead may know better. */
export function fromSettled(request: Settled, event: RequestEvent): Next {
  return event.type === "finished" ? madeAfterAll(request, event) : notNow(request, event);
}

/** The look that no worker has answered yet, from 0; undefined when there is none. */
export function openLook({ looks = [] }: Unknown): number | undefined {
  const last = looks.at(-1);
  return last && !last.found ? looks.length - 1 : undefined;
}

/** Whether a person may ask for another look: one at a time, and {@link mostLooks} at most. */
export function mayBeLookedAt(request: Unknown): boolean {
  return openLook(request) === undefined && (request.looks ?? []).length < mostLooks;
}

/**
 * A worker that was thought dead may come back and say that it was done. That its own call was refused says nothing of
 * the calls of others.
 */
function madeAfterAll(request: Unknown | Settled, event: On<"finished">): Next {
  if (!event.made || event.as === "unknown" || event.fence > request.claim.fence) return notNow(request, event);
  return { ...withoutCodes(request), state: event.as, outcome: event.outcome };
}

function looked(request: Unknown, { look, as, says }: On<"looked">, now: number): Next {
  const found = { at: now, says };
  const looks = (request.looks ?? []).map((one, i): Look => (i === look ? { ...one, found } : one));
  if (as === "unknown") return { ...request, looks };
  return { ...withoutCodes(request), looks, state: as, outcome: { ...request.outcome, at: now, says } };
}

function withoutCodes<T extends Unknown | Settled>(request: T): Omit<T, "wrongCodes"> {
  const { wrongCodes: _, ...known } = request as T & Pick<Unknown, "wrongCodes">;
  return known;
}
