import type { Side, Turn } from "../ports.ts";
import { deadlineOf } from "./ending.ts";
import type { Request } from "./request.ts";
import { undoOffer } from "./undo-offer.ts";
import { openLook } from "./unknown.ts";

/** Whose turn it is: derived from the state alone, so that a lost wake-up can always be found again. */
export function turnOf(request: Request): Turn | undefined {
  switch (request.state) {
    case "planning":
      return request.plan ? { side: "web" } : { side: workerOf(request), ...held(request.heldUp?.next) };
    case "awaiting-approval":
      return quorumCounted(request.approvals.length, request.decision.requirements.approvals?.count)
        ? { side: "web" }
        : undefined;
    case "granted":
      return { side: workerOf(request), ...held(request.claim?.leaseUntil, request.heldUp?.next) };
    case "executing":
      return { side: workerOf(request), ...held(request.claim.leaseUntil) };
    case "unknown":
      return openLook(request) === undefined ? undefined : { side: workerOf(request) };
    default:
      return undefined;
  }
}

/** When a request that has not begun to run lapses, or the offer to undo one that succeeded. */
export function lapseOf(request: Request): number | undefined {
  switch (request.state) {
    case "planning":
    case "awaiting-challenge":
    case "awaiting-approval":
    case "granted":
      return deadlineOf(request);
    case "succeeded":
      return undoOffer(request)?.until;
    default:
      return undefined;
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

function quorumCounted(approvals: number, count = 0): boolean {
  return approvals >= count;
}
