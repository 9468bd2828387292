import type { Purpose } from "../challenge/step-up.ts";
import type { Subject } from "../policy/subject.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Request } from "./request.ts";
import { digestOfReview } from "./reviewed.ts";
import { digestOfSettling } from "./settle.ts";
import type { Standing } from "./standing.ts";

/** Whether this person may do to the request what presence would be proved for, and by what they can prove it. */
export function standingFor(
  lifecycle: Pick<Lifecycle, "proverStanding" | "standing" | "settlerStanding" | "reviewerStanding">,
  purpose: Purpose,
  { request, subject, now }: { readonly request: Request; readonly subject: Subject; readonly now: number },
): Promise<Standing> {
  if (purpose === "prove") return lifecycle.proverStanding(request, subject);
  if (purpose === "approve") return lifecycle.standing(request, subject, now);
  if (purpose === "reviewed") return lifecycle.reviewerStanding(request, subject);
  return lifecycle.settlerStanding(request, subject, { as: purpose, now });
}

/** What a proof for it is bound to: the plan, one's very word on what came of it, or that it was reviewed. */
export function digestFor(request: Request, purpose: Purpose): string {
  const digest = "digest" in request ? (request.digest ?? "") : "";
  if (purpose === "prove" || purpose === "approve") return digest;
  const about = { id: request.id, digest };
  return purpose === "reviewed" ? digestOfReview(about) : digestOfSettling(about, purpose);
}
