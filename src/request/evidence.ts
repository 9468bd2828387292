import { proofStatement } from "../challenge/challenge.ts";
import { countsAgain, isStrongEnough, proofHolds } from "../challenge/verify.ts";
import type { Requirements, StepUp } from "../policy/policy.ts";
import { openStage } from "../policy/stages.ts";
import type { Desk } from "./desk.ts";
import { scopeOf } from "./proof-scope.ts";
import { type Approval, type AwaitingApproval, approvalStatement } from "./request.ts";

type Judges = Pick<Desk, "attestor" | "witness">;

/**
 * Says what of the proofs and approvals in a record does not stand up, or undefined when all of it does. Whoever writes
 * to Redis can write any of them: what the web process did not sign itself, for this request and plan, is nothing.
 */
export async function whyEvidenceFails(
  desk: Judges,
  request: AwaitingApproval,
  requirements: Requirements,
): Promise<string | undefined> {
  if (requirements.stepUp && !requesterProved(desk, request, requirements.stepUp))
    return "no proof of presence of the requester stands behind this";
  const unsound = request.approvals.find(
    (approval, i) => !approvalStands(desk, request, approval, openStage(requirements, i)?.rule.stepUp),
  );
  if (unsound) return `the approval of ${unsound.subject} does not stand up`;
  for (const proof of [request.proof, ...request.approvals.map((approval) => approval.proof)]) {
    const why = proof?.evidence && (await desk.witness.whyNot(proof));
    if (why !== undefined) return `the proof of ${proof?.subject} does not stand up: ${why}`;
  }
  return undefined;
}

/** A proof for this very plan, or one that was still fresh when this was asked for. */
function requesterProved(
  { attestor }: Judges,
  { proof, requester, digest, askedAt, decision, plan }: AwaitingApproval,
  stepUp: StepUp,
): boolean {
  if (proof?.subject !== requester || !attestor.holds(proofStatement(proof), proof.signature)) return false;
  if (!isStrongEnough(proof, stepUp)) return false;
  const scope = scopeOf(decision.tier, plan);
  return proof.digest === digest || countsAgain(proof, stepUp, { now: askedAt, scope });
}

function approvalStands(
  { attestor }: Judges,
  { id, digest, decision, plan }: AwaitingApproval,
  approval: Approval,
  stepUp: StepUp | undefined,
): boolean {
  if (approval.digest !== digest || !attestor.holds(approvalStatement(id, approval), approval.signature)) return false;
  const { proof, subject, at } = approval;
  const scope = scopeOf(decision.tier, plan);
  return stepUp === undefined || proofHolds(proof, { subject, digest, stepUp, now: at, attestor, scope });
}
