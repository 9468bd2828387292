import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Attestor } from "../ports.ts";
import { notNow } from "./ending.ts";
import type { On, RequestEvent } from "./event.ts";
import { isOver, type Request } from "./request.ts";
import { type Review, type ReviewWord, reviewStatement } from "./reviewed.ts";

/** What a request that broke the glass owes from its grant on, whatever came of it; undefined where it never began. */
export function reviewOf(request: Request): Review | undefined {
  if (!("grant" in request) || !(request.breakGlass || request.grant.grant.breakGlass)) return undefined;
  return request.review ?? { due: request.grant.grant.grantedAt };
}

/** Whether its review is still to be closed. */
export function owesReview(request: Request): boolean {
  const review = reviewOf(request);
  return review !== undefined && !review.closed;
}

/** When it is to be told that the review was not closed in time; undefined where there is nothing to tell, or it was told. */
export function reviewDue(request: Request): number | undefined {
  const review = reviewOf(request);
  return review && !review.closed && review.overdue === undefined ? review.due : undefined;
}

type OfReview = On<"reviewed" | "review-overdue">;

export function isOfReview(event: RequestEvent): event is OfReview {
  return event.type === "reviewed" || event.type === "review-overdue";
}

/** What happens to a review, each once: it is overdue, and it is closed, by somebody else and once it is over. */
export function fromReviewed(request: Request, event: OfReview, now: number): Request | Refusal {
  const review = reviewOf(request);
  if (!review || review.closed || !("grant" in request)) return notNow(request, event);
  if (event.type === "review-overdue")
    return review.overdue === undefined && now > review.due
      ? { ...request, review: { ...review, overdue: now } }
      : notNow(request, event);
  if (event.word.subject === request.requester) return refuse("own-request", "Nobody reviews their own request.");
  return isOver(request) ? { ...request, review: { ...review, closed: event.word } } : notNow(request, event);
}

/** Whether this request was asked for and granted by us, as far as its own signatures say. */
export function isOfOurs(request: Request, { holds }: Pick<Attestor, "holds">): boolean {
  if (!("grant" in request)) return false;
  const { grant, signature } = request.grant;
  return grant.request === request.id && holds({ ...grant }, signature);
}

/** Whether this is the signed word of somebody else on this very request. It lies where others may write, and can be anything. */
export function reviewStands(request: Request, closed: unknown, { holds }: Pick<Attestor, "holds">): boolean {
  if (typeof closed !== "object" || closed === null || !("grant" in request)) return false;
  const { signature, ...said } = closed as ReviewWord;
  if (typeof said.proof !== "object" || said.proof === null || said.subject === request.requester) return false;
  return holds(reviewStatement(request, said), signature);
}
