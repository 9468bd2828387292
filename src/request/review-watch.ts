import type { Body } from "../audit/chain.ts";
import type { AuditKind } from "../audit/event.ts";
import type { Chance, OpenReview, RequestStore, Trail } from "../ports.ts";

/** Entries of a request after which it owes no review: it was closed, or it never began. */
const ends: ReadonlySet<AuditKind> = new Set([
  ...(["review.closed", "request.cancelled", "request.expired"] as const),
  ...(["policy.denied", "grant.refused", "execution.conflict"] as const),
]);

/**
 * Looks for open reviews that were on the list at the last look and went without an end in the trail, as when somebody wrote
 * to Redis, and puts them back. Where the record was lost as well, nobody can close such a review: it is owed all the same.
 */
export function watchReviews(ports: {
  readonly store: Pick<RequestStore, "openReviews" | "restoreReview">;
  readonly trail: Pick<Trail, "entries" | "head">;
  readonly chance: Pick<Chance, "operationId">;
}): () => Promise<void> {
  const { store, trail, chance } = ports;
  let seen: readonly OpenReview[] = [];
  let from = 1;

  async function hasEnded({ request }: OpenReview): Promise<boolean> {
    for await (const { body } of trail.entries(from)) {
      const { event } = JSON.parse(body) as Body;
      if (ends.has(event.kind) && "request" in event && event.request === request) return true;
    }
    return false;
  }

  return async () => {
    const { entries } = await trail.head();
    const open = await store.openReviews();
    for (const gone of seen.filter(({ request }) => !open.some((one) => one.request === request)))
      if (!(await hasEnded(gone))) await store.restoreReview(chance.operationId(), gone);
    from = entries + 1;
    seen = await store.openReviews();
  };
}
