import type { Purpose } from "../challenge/step-up.ts";
import type { Subject } from "../policy/subject.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Request } from "./request.ts";
import { digestOfSettling } from "./settle.ts";
import type { Standing } from "./standing.ts";

/** Whether this person may do to the request what presence would be proved for, and by what they can prove it. */
export function standingFor(
  lifecycle: Pick<Lifecycle, "proverStanding" | "standing" | "settlerStanding">,
  purpose: Purpose,
  { request, subject, now }: { readonly request: Request; readonly subject: Subject; readonly now: number },
): Promise<Standing> {
  if (purpose === "prove") return lifecycle.proverStanding(request, subject);
  if (purpose === "approve") return lifecycle.standing(request, subject, now);
  return lifecycle.settlerStanding(request, subject, { as: purpose, now });
}

/** What a proof for it is bound to: the plan, or one's very word on what came of it. */
export function digestFor(request: Request, purpose: Purpose): string {
  const digest = "digest" in request ? (request.digest ?? "") : "";
  return purpose === "prove" || purpose === "approve" ? digest : digestOfSettling({ id: request.id, digest }, purpose);
}
