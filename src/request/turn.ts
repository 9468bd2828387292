import { openStage } from "../policy/stages.ts";
import type { Side, Turn } from "../ports.ts";
import { openElevation } from "./elevation.ts";
import { deadlineOf } from "./ending.ts";
import { nextCall } from "./next-call.ts";
import type { Request } from "./request.ts";
import { reviewDue } from "./review.ts";
import { undoOffer } from "./undo-offer.ts";
import { openLook } from "./unknown.ts";

/** Whose turn it is: derived from the state alone, so that a lost wake-up can always be found again. */
export function turnOf(request: Request): Turn | undefined {
  switch (request.state) {
    case "planning":
      return request.plan ? { side: "web" } : { side: workerOf(request), ...held(request.heldUp?.next) };
    case "awaiting-approval":
      return openStage(request.decision.requirements, request.approvals.length) ? undefined : { side: "web" };
    case "granted":
      return { side: workerOf(request), ...held(request.claim?.leaseUntil, request.heldUp?.next) };
    case "executing":
      return { side: workerOf(request), ...held(request.claim.leaseUntil) };
    case "unknown":
      return openLook(request) === undefined ? endingTurn(request) : { side: workerOf(request) };
    case "succeeded":
    case "failed":
    case "settled":
      return endingTurn(request);
    default:
      return undefined;
  }
}

/** An elevation that stands waits for its end. */
function endingTurn(request: Request): Turn | undefined {
  const elevation = openElevation(request);
  if (!elevation) return undefined;
  const { until, revoked, overdue } = elevation;
  return { side: workerOf(request), ...held(overdue?.next ?? (revoked ? undefined : until)) };
}

/** When an elevation that still stands is asked after. */
function overdueOf(request: Request): number | undefined {
  const elevation = openElevation(request);
  return elevation && Math.min(elevation.until, elevation.revoked?.at ?? elevation.until) + graceMs;
}

/** How long after its end an elevation may stand before the web side asks who is to end it, in ms. */
const graceMs = 30_000;

/**
 * When a request that has not begun to run lapses, the offer to undo one that succeeded, an elevation that ought to have
 * ended, a review that ought to have been closed, and a call to those who let it wait: the first of these.
 */
export function lapseOf(request: Request): number | undefined {
  const ends = [usualLapse(request), reviewDue(request), nextCall(request)?.at].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function usualLapse(request: Request): number | undefined {
  switch (request.state) {
    case "planning":
    case "awaiting-challenge":
    case "awaiting-approval":
    case "granted":
      return deadlineOf(request);
    case "succeeded":
      return undoOffer(request)?.until ?? overdueOf(request);
    default:
      return overdueOf(request);
  }
}

/** Until the last of these moments, of those there are. */
function held(...until: readonly (number | undefined)[]): Pick<Turn, "heldUntil"> {
  const known = until.filter((one) => one !== undefined);
  return known.length === 0 ? {} : { heldUntil: Math.max(...known) };
}

function workerOf({ operation }: Request): Side {
  return `worker:${operation.cluster}`;
}
