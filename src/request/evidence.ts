import { proofStatement } from "../challenge/challenge.ts";
import { proofHolds } from "../challenge/verify.ts";
import type { Requirements } from "../policy/policy.ts";
import type { Desk } from "./desk.ts";
import { type Approval, type AwaitingApproval, approvalStatement } from "./request.ts";

/**
 * Says what of the proofs and approvals in a record does not stand up, or undefined when all of it does. Whoever writes
 * to Redis can write any of them: what the web process did not sign itself, for this request and plan, is nothing.
 */
export function whyEvidenceFails(
  desk: Desk,
  request: AwaitingApproval,
  requirements: Requirements,
): string | undefined {
  if (requirements.stepUp && !requesterProved(desk, request, requirements.stepUp.within))
    return "no proof of presence of the requester stands behind this";
  const unsound = request.approvals.find((approval) => !approvalStands(desk, request, approval, requirements));
  return unsound && `the approval of ${unsound.subject} does not stand up`;
}

/** A proof for this very plan, or one that was still fresh when this was asked for. */
function requesterProved(
  { attestor }: Desk,
  { proof, requester, digest, askedAt }: AwaitingApproval,
  within: number | undefined,
): boolean {
  if (proof?.subject !== requester || !attestor.holds(proofStatement(proof), proof.signature)) return false;
  return proof.digest === digest || (within !== undefined && askedAt - proof.at <= within);
}

function approvalStands(
  { attestor }: Desk,
  { id, digest }: AwaitingApproval,
  approval: Approval,
  { approvals }: Requirements,
): boolean {
  if (approval.digest !== digest || !attestor.holds(approvalStatement(id, approval), approval.signature)) return false;
  const stepUp = approvals?.stepUp;
  const { proof, subject, at } = approval;
  return stepUp === undefined || proofHolds(proof, { subject, digest, stepUp, now: at, attestor });
}
