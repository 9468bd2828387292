import type { Proof } from "../../challenge/challenge.ts";
import { isRead } from "../../operation/operation.ts";
import type { Plan } from "../../operation/plan.ts";
import type { Allowed } from "../../policy/policy.ts";
import { approvalsWanted } from "../../policy/stages.ts";
import type { HeldUp } from "../../request/held-up.ts";
import type { Approval, Request, State } from "../../request/request.ts";

// What a request knows in whatever state it is; undefined = not known yet, or never.

export function planOf(request: Request): Plan | undefined {
  return "plan" in request ? request.plan : undefined;
}

export function digestOf(request: Request): string | undefined {
  return "digest" in request ? request.digest : undefined;
}

export function decisionOf(request: Request): Allowed | undefined {
  return "decision" in request ? request.decision : undefined;
}

export function proofOf(request: Request): Proof | undefined {
  return "proof" in request ? request.proof : undefined;
}

export function approvalsOf(request: Request): readonly Approval[] {
  return "approvals" in request ? (request.approvals ?? []) : [];
}

/** The furthest state it was in before it ended, or the state it is in. */
function reached(request: Request): State {
  return "ended" in request ? request.ended.was : request.state;
}

export function wasGranted(request: Request): boolean {
  return "grant" in request || reached(request) === "granted";
}

/** It was put before approvers, or need not be any more. */
export function wasPutToApprovers(request: Request): boolean {
  const { approvals } = decisionOf(request)?.requirements ?? {};
  return approvals !== undefined && (wasGranted(request) || reached(request) === "awaiting-approval");
}

/** Reads that cost nobody a prompt are answered to the requester alone; everything else has a thread. */
export function isPublic(request: Request): boolean {
  if (!isRead(request.operation)) return true;
  const provedForIt = proofOf(request)?.request === request.id;
  const asksApproval = decisionOf(request)?.requirements.approvals !== undefined;
  return asksApproval || provedForIt || reached(request) === "awaiting-challenge";
}

/** What it waits for, other than people. */
export function heldUpOf(request: Request): HeldUp | undefined {
  return "heldUp" in request ? request.heldUp : undefined;
}

/** k and n of the quorum; undefined where no approval is asked for. */
export function quorumOf(request: Request): { readonly given: number; readonly wanted: number } | undefined {
  const wanted = approvalsWanted(decisionOf(request)?.requirements ?? {});
  return wanted > 0 ? { given: approvalsOf(request).length, wanted } : undefined;
}
