import type { Side, Turn } from "../ports.ts";
import type { Request } from "./request.ts";
import { deadlineOf } from "./transition.ts";

/** Whose turn it is: derived from the state alone, so that a lost wake-up can always be found again. */
export function turnOf(request: Request): Turn | undefined {
  switch (request.state) {
    case "planning":
      return { side: request.plan ? "web" : workerOf(request) };
    case "awaiting-approval":
      return quorumCounted(request.approvals.length, request.decision.requirements.approvals?.count)
        ? { side: "web" }
        : undefined;
    case "granted":
    case "executing":
      return { side: workerOf(request), ...(request.claim ? { heldUntil: request.claim.leaseUntil } : {}) };
    default:
      return undefined;
  }
}

/** When a request that has not begun to run lapses. */
export function lapseOf(request: Request): number | undefined {
  switch (request.state) {
    case "planning":
    case "awaiting-challenge":
    case "awaiting-approval":
    case "granted":
      return deadlineOf(request);
    default:
      return undefined;
  }
}

function workerOf({ operation }: Request): Side {
  return `worker:${operation.cluster}`;
}

function quorumCounted(approvals: number, count = 0): boolean {
  return approvals >= count;
}
