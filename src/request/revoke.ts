import { type Refusal, refuse } from "../operation/refusal.ts";
import { countingGroups } from "../policy/approvers.ts";
import { stagesOf } from "../policy/stages.ts";
import type { Subject } from "../policy/subject.ts";
import type { Desk } from "./desk.ts";
import { openElevation } from "./elevation.ts";
import type { Request } from "./request.ts";

/**
 * Its holder, or somebody who might have approved it or is to review it, ends an elevation before its time. It needs no code and no second
 * person: to take a right away is always safe.
 */
export async function revoke(desk: Desk, id: string, subject: Subject, why: string): Promise<Request | Refusal> {
  return desk.mover.move(id, ({ request }) => {
    const elevation = openElevation(request);
    if (!elevation)
      return refuse("not-in-this-state", `\`${id}\` is no elevation that still stands.`, "`elevations` lists them.");
    if (request.requester !== subject.sub && !mightApprove(request, subject))
      return refuse("not-yours", "Only its holder, or somebody who may approve it, can end an elevation early.");
    if (elevation.revoked) return refuse("not-in-this-state", "It is being ended already.");
    return { event: { type: "revoked", subject: subject.sub, why: why || "no longer needed" } };
  });
}

function mightApprove(request: Request, subject: Subject): boolean {
  const requirements = ("decision" in request ? request.decision?.requirements : undefined) ?? {};
  const { breakGlass } = requirements;
  const rules = [...stagesOf(requirements), ...(breakGlass ? [breakGlass] : [])];
  return rules.some((rule) => countingGroups(rule, subject).length > 0);
}
