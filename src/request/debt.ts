import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Attestor, RequestStore } from "../ports.ts";
import { isOfOurs, reviewOf, reviewStands } from "./review.ts";

/** How many of a person's latest requests are looked at beside the list. */
const remembered = 200;

/** What it takes to look for open reviews; either side of the wall has it. */
export interface DebtRecords {
  readonly store: Pick<RequestStore, "openReviews" | "of" | "read">;
  readonly attestor: Pick<Attestor, "holds">;
}

/**
 * The request for which this person still owes a review, other than `but`; undefined when there is none. Whoever writes to
 * Redis can take it off the list, so their latest records are asked too: a grant of ours that broke the glass counts until
 * a review that we signed stands beside it.
 */
export async function openReviewOf(
  { store, attestor }: DebtRecords,
  subject: string,
  but?: string,
): Promise<string | undefined> {
  const listed = (await store.openReviews()).find((one) => one.subject === subject && one.request !== but);
  if (listed) return listed.request;
  for (const id of await store.of(subject, remembered)) {
    const request = id === but ? undefined : (await store.read(id))?.request;
    if (!request || request.requester !== subject || !isOfOurs(request, attestor)) continue;
    const review = reviewOf(request);
    if (review && !reviewStands(request, review.closed, attestor)) return id;
  }
  return undefined;
}

/** The no to one who owes a review. */
export function reviewOwed(request: string): Refusal {
  return refuse(
    "review-owed",
    `You broke the glass for \`${request}\`, and its review is still open.`,
    "Once somebody else has closed it you can break the glass again; `reviews` lists it. Meanwhile ask as usual.",
  );
}
