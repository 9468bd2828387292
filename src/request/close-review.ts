import { type Challenge, type Response, triesPerChallenge } from "../challenge/challenge.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { countingGroups } from "../policy/approvers.ts";
import type { StepUp } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import { isAsGranted } from "./as-granted.ts";
import type { Desk } from "./desk.ts";
import type { Wish } from "./move.ts";
import { type Finished, inWords, isOver, type Request, type Settled, type Unknown } from "./request.ts";
import { reviewOf } from "./review.ts";
import { digestOfReview, reviewStatement } from "./reviewed.ts";
import { type Standing, standingWithoutProof } from "./standing.ts";
import { takeProof } from "./take-proof.ts";

/** What a reviewer says of a request that broke the glass, and what proves their presence. */
export interface Reviewing {
  readonly why: string;
  readonly response?: Response | undefined;
}

const challengeMs = 60_000;

/** Whether this person may close the review of the request, and by what they can prove presence for it. */
export async function reviewerStanding(desk: Desk, request: Request, subject: Subject): Promise<Standing> {
  const may = reviewerOf(desk, request, subject);
  return isRefusal(may) ? { may: false, refusal: may } : standingWithoutProof(desk, subject.sub, may.stepUp);
}

/**
 * Somebody who is not the requester closes the review, and with it what the requester owes. It takes the proof that the
 * tier takes, given anew for this very sentence: no proof for another counts, however fresh.
 */
export async function closeReview(
  desk: Desk,
  id: string,
  subject: Subject,
  { why, response }: Reviewing,
): Promise<Request | Refusal> {
  return desk.mover.move(id, async ({ request: stored, now }): Promise<Wish> => {
    const may = reviewerOf(desk, stored, subject);
    if (isRefusal(may)) return may;
    if (why.trim() === "")
      return refuse("bad-arguments", "This needs a word of yours.", "Say in a few words what you found.");
    if (response === undefined) return refuse("proof-needed", "This needs proof of your presence.");
    const { request, stepUp } = may;
    const challenge: Challenge = {
      ...{ digest: digestOfReview(request), subject: subject.sub },
      ...{ expiresAt: now + challengeMs, triesLeft: triesPerChallenge },
    };
    const taken = await takeProof(desk, challenge, response, { request: id, now, stepUp });
    if (!("proof" in taken)) return taken.refusal;
    const said = { subject: subject.sub, at: now, why, proof: taken.proof };
    const word = { ...said, signature: desk.attestor.attest(reviewStatement(request, said)) };
    return { event: { type: "reviewed", word }, along: { claim: taken.claim, remember: taken.proof } };
  });
}

/** Who may: somebody of the groups that the tier names, as the policy has it now. Out of the record only what we signed is believed. */
function reviewerOf(
  { attestor, policy: source }: Desk,
  request: Request,
  subject: Subject,
): Refusal | { readonly request: Finished | Unknown | Settled; readonly stepUp: StepUp } {
  const review = reviewOf(request);
  if (!review)
    return refuse("not-in-this-state", "No glass was broken for this request, so there is nothing to review.");
  if (review.closed)
    return refuse(
      "not-in-this-state",
      `${review.closed.subject} has closed this review already.`,
      "The thread says with what words.",
    );
  if (!isOver(request) || !("outcome" in request))
    return refuse("not-in-this-state", `The request is ${inWords(request.state)}.`, "Review it once it is over.");
  const { grant } = request.grant;
  if (!isAsGranted({ attestor }, request))
    return refuse(
      "grant-does-not-hold",
      "The record of this request is not what Countersign granted, so nobody can review it.",
      "The audit trail says what was granted.",
    );
  const tier = source.current().tiers.find(({ name }) => name === grant.tier);
  const { breakGlass, stepUp } = tier?.requirements ?? {};
  if (!breakGlass || !stepUp)
    return refuse(
      "forbidden",
      `The policy has no tier ${grant.tier} of break-glass any more, so nobody can review this.`,
      "The policy's owners can bring it back.",
    );
  const who = `It takes somebody of ${breakGlass.from.join(" or ")}.`;
  if (subject.sub === request.requester || subject.sub === grant.requester)
    return refuse("own-request", "Nobody reviews their own request.", who);
  return countingGroups(breakGlass, subject).length > 0
    ? { request, stepUp }
    : refuse("not-an-approver", "You are in none of the groups that may review this.", who);
}
