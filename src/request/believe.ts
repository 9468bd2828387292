import type { Attestor, RequestStore } from "../ports.ts";
import { type Request, type Settled, type Settlement, settlementStatement } from "./request.ts";
import { reviewStands } from "./review.ts";

/**
 * The record as the web side may believe it. Whoever writes to Redis can write a settlement or a review, and people read
 * it, not a worker that would check it: one that we did not sign was never made, and the outcome is what it was without
 * it.
 */
export function believing<S extends RequestStore>(store: S, attestor: Pick<Attestor, "holds">): S {
  return {
    ...store,
    async read(id) {
      const stored = await store.read(id);
      return stored && { ...stored, request: reviewed(believed(stored.request, attestor), attestor) };
    },
  };
}

/** A review that we did not sign is still open. */
function reviewed(request: Request, attestor: Pick<Attestor, "holds">): Request {
  if (!("review" in request) || !request.review?.closed) return request;
  if (reviewStands(request, request.review.closed, attestor)) return request;
  const { closed: _, ...open } = request.review;
  return { ...request, review: open };
}

function believed(request: Request, attestor: Pick<Attestor, "holds">): Request {
  if (request.state === "settled") {
    if (stands(request, request.settlement, attestor)) return request;
    const { settlement: _, outcome, ...known } = request;
    return { ...known, state: "unknown", outcome: { ...outcome, says: `${outcome.says} ${forged}` } };
  }
  if (!("settlement" in request) || stands(request, request.settlement, attestor)) return request;
  const { settlement: _, ...known } = request;
  return known;
}

const forged = "(A settlement that Countersign never signed was written into the record: it does not count.)";

/** `settlement` lies where others may write, and can be anything. */
function stands(
  request: Pick<Settled, "id" | "digest" | "requester">,
  settlement: unknown,
  attestor: Pick<Attestor, "holds">,
): boolean {
  if (typeof settlement !== "object" || settlement === null) return false;
  const { signature, ...said } = settlement as Settlement;
  return said.subject !== request.requester && attestor.holds(settlementStatement(request, said), signature);
}
