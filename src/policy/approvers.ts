import { type Refusal, refuse } from "../operation/refusal.ts";
import type { ApprovalRule, Requirements } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** The groups of this person that the rule counts; empty = they may not approve. */
export function countingGroups(rule: ApprovalRule, subject: Subject): readonly string[] {
  return rule.from.filter((group) => subject.groups.includes(group));
}

/** Says why this person may not approve, or undefined when they may. Separation of duties knows no exempt role. */
export function refuseApprover(
  requirements: Requirements,
  requester: string,
  subject: Subject,
  approvedBy: readonly string[],
): Refusal | undefined {
  const rule = requirements.approvals;
  if (subject.sub === requester)
    return refuse(
      "own-request",
      "Nobody approves their own request.",
      rule ? `Ask somebody of ${rule.from.join(" or ")}.` : undefined,
    );
  if (!rule) return refuse("not-in-this-state", "This request needs no approval.");
  if (countingGroups(rule, subject).length === 0)
    return refuse(
      "not-an-approver",
      "You are in none of the groups that may approve this.",
      `It takes somebody of ${rule.from.join(" or ")}.`,
    );
  if (approvedBy.includes(subject.sub))
    return refuse(
      "already-approved",
      "You have approved this already; one person counts once.",
      `It takes ${rule.count} different people.`,
    );
  return undefined;
}

/** Whether enough distinct people approved, none of them the requester, each still of a group that counts. */
export function quorumHolds(requirements: Requirements, requester: string, approvers: readonly Subject[]): boolean {
  const rule = requirements.approvals;
  if (!rule) return true;
  const counted = new Set(
    approvers
      .filter((subject) => subject.sub !== requester && countingGroups(rule, subject).length > 0)
      .map((subject) => subject.sub),
  );
  return counted.size >= rule.count;
}

/** Who of these people could approve a request of that person now, none of them having done so. */
export function couldApprove(
  requirements: Requirements,
  requester: string,
  people: readonly Subject[],
): readonly Subject[] {
  return people.filter((subject) => refuseApprover(requirements, requester, subject, []) === undefined);
}
