import { type Refusal, refuse } from "../operation/refusal.ts";
import type { ApprovalRule, Requirements } from "./policy.ts";
import { approvalsWanted, openStage, stagesOf } from "./stages.ts";
import type { Subject } from "./subject.ts";

/** The groups of this person that the rule counts; empty = they may not approve. */
export function countingGroups(rule: Pick<ApprovalRule, "from">, subject: Subject): readonly string[] {
  return rule.from.filter((group) => subject.groups.includes(group));
}

/** Says why this person may not approve, or undefined when they may. Separation of duties knows no exempt role. */
export function refuseApprover(
  requirements: Requirements,
  requester: string,
  subject: Subject,
  approvedBy: readonly string[],
): Refusal | undefined {
  const stages = stagesOf(requirements);
  const stage = openStage(requirements, approvedBy.length);
  const rule = stage?.rule ?? stages.at(-1);
  if (subject.sub === requester)
    return refuse(
      "own-request",
      "Nobody approves their own request.",
      rule ? `Ask somebody of ${rule.from.join(" or ")}.` : undefined,
    );
  if (!rule) return refuse("not-in-this-state", "This request needs no approval.");
  if (approvedBy.includes(subject.sub))
    return refuse(
      "already-approved",
      "You have approved this already; one person counts once.",
      `It takes ${approvalsWanted(requirements)} different people.`,
    );
  if (countingGroups(rule, subject).length > 0) return undefined;
  const remedy = `It takes somebody of ${rule.from.join(" or ")}.`;
  const later = stages.slice(stage?.number).findIndex((one) => countingGroups(one, subject).length > 0);
  return stage && later >= 0
    ? refuse(
        "not-an-approver",
        `Your approval counts in stage ${stage.number + later + 1}; stage ${stage.number} is open.`,
        remedy,
      )
    : refuse("not-an-approver", "You are in none of the groups that may approve this.", remedy);
}

/**
 * Whether enough distinct people approved, none of them the requester, each still of a group that counts. They fill the
 * stages in the order they approved: whoever does not count in the open one does not count at all.
 */
export function quorumHolds(requirements: Requirements, requester: string, approvers: readonly Subject[]): boolean {
  const counted: string[] = [];
  for (const subject of approvers)
    if (!refuseApprover(requirements, requester, subject, counted)) counted.push(subject.sub);
  return counted.length >= approvalsWanted(requirements);
}

/** Who of these people could count in each stage, first to last; empty where no approval is asked for. */
export function reachable(
  requirements: Requirements,
  requester: string,
  people: readonly Subject[],
): readonly (readonly Subject[])[] {
  return stagesOf(requirements).map((stage) =>
    people.filter((subject) => subject.sub !== requester && countingGroups(stage, subject).length > 0),
  );
}

/** Who of these people could approve a request of that person now, when those have done so already. */
export function couldApprove(
  requirements: Requirements,
  requester: string,
  people: readonly Subject[],
  approvedBy: readonly string[] = [],
): readonly Subject[] {
  return people.filter((subject) => refuseApprover(requirements, requester, subject, approvedBy) === undefined);
}
