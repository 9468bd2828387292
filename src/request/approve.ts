import type { Challenge, Response } from "../challenge/challenge.ts";
import { triesPerChallenge } from "../challenge/challenge.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import { refuseApprover } from "../policy/approvers.ts";
import type { Allowed, StepUp } from "../policy/policy.ts";
import { openStage } from "../policy/stages.ts";
import type { Subject } from "../policy/subject.ts";
import { decideAgain, forbidden } from "./decide-again.ts";
import type { Desk } from "./desk.ts";
import { endOf } from "./ending.ts";
import { freshProof } from "./fresh-proof.ts";
import type { Along, Wish } from "./move.ts";
import { scopeOf } from "./proof-scope.ts";
import { type Approval, type AwaitingApproval, approvalStatement, inWords, type Request } from "./request.ts";
import { type Standing, standingWithoutProof } from "./standing.ts";
import { takeProof } from "./take-proof.ts";

/** Whether this person may approve the request as it stands, and by what they can prove presence for it. */
export async function standing(desk: Desk, request: Request, subject: Subject, now: number): Promise<Standing> {
  const refusal = refuseApproval(request, subject);
  if (refusal) return { may: false, refusal };
  const awaiting = request as AwaitingApproval;
  if ((await proofFor(desk, awaiting, subject, now)) !== "needed") return { may: true, ways: [] };
  return standingWithoutProof(desk, subject.sub, stepUpOf(awaiting, awaiting.decision) ?? {});
}

/** One approver's yes to this very plan. Policy is decided again as it lands. */
export async function approve(
  desk: Desk,
  id: string,
  subject: Subject,
  response: Response | undefined,
): Promise<Request | Refusal> {
  let refusal: Refusal | undefined;
  const moved = await desk.mover.move(id, async ({ request, now }): Promise<Wish> => {
    // The failure was judged before and lost a race: it still counts.
    if (refusal) return { event: { type: "proof-failed", subject: subject.sub } };
    const no = refuseApproval(request, subject);
    if (no || request.state !== "awaiting-approval") return no;
    const requester = await desk.directory.subject(request.requester);
    if (!requester) return { event: { type: "forbidden", rule: "directory", why: "the requester is no longer known" } };
    const again = await decideAgain(desk, request, requester, now);
    if (!again.allowed) return forbidden(again);
    const { decision } = again;
    const { digest } = request;
    const known = await proofFor(desk, request, subject, now);
    if (known !== "needed") {
      const approval = { subject: subject.sub, at: now, digest, ...(known ? { proof: known } : {}) };
      return { event: { type: "approved", approval: signed(desk, id, approval) } };
    }
    if (response === undefined) return refuse("proof-needed", "This approval needs proof of your presence.");
    const challenge = approverChallenge(request, subject);
    const taken = await takeProof(desk, challenge, response, {
      request: id,
      now,
      stepUp: stepUpOf(request, decision) ?? {},
      scope: scopeOf(decision.tier, request.plan),
    });
    if ("proof" in taken) {
      const along: Along = { claim: taken.claim, remember: taken.proof, notAfter: endOf(request) };
      const approval = { subject: subject.sub, at: now, digest, proof: taken.proof };
      return { event: { type: "approved", approval: signed(desk, id, approval) }, along };
    }
    if (!taken.costs) return taken.refusal;
    refusal = taken.refusal;
    return { event: { type: "proof-failed", subject: subject.sub } };
  });
  return refusal ?? moved;
}

/** An approver's no, with the reason. It needs no code: refusing is always safe. */
export async function deny(desk: Desk, id: string, subject: Subject, why: string): Promise<Request | Refusal> {
  return desk.mover.move(id, ({ request }) => {
    const no = refuseApproval(request, subject);
    if (no && no.refused !== "already-approved") return no;
    if (why.trim() === "") return refuse("bad-arguments", "A denial needs a reason.", "Say in a few words why.");
    return { event: { type: "denied", subject: subject.sub, why } };
  });
}

/** The requester takes it back, as long as nothing runs. */
export async function cancel(desk: Desk, id: string, subject: Subject, why: string): Promise<Request | Refusal> {
  return desk.mover.move(id, ({ request }) =>
    request.requester === subject.sub
      ? { event: { type: "cancelled", subject: subject.sub, why: why || "no longer wanted" } }
      : refuse("not-yours", "Only the person who asked can cancel.", "Approvers can deny it in Review."),
  );
}

function refuseApproval(request: Request, subject: Subject): Refusal | undefined {
  if (request.state !== "awaiting-approval")
    return refuse("not-in-this-state", `The request is ${inWords(request.state)}; there is nothing to approve now.`);
  const approvedBy = request.approvals.map((approval) => approval.subject);
  return refuseApprover(request.decision.requirements, request.requester, subject, approvedBy);
}

function proofFor(desk: Desk, request: AwaitingApproval, subject: Subject, now: number) {
  const stepUp = stepUpOf(request, request.decision);
  const scope = scopeOf(request.decision.tier, request.plan);
  return freshProof(desk, { subject: subject.sub, digest: request.digest, stepUp, now, scope });
}

/** The proof that the open stage asks its approvers for. */
function stepUpOf({ approvals }: AwaitingApproval, { requirements }: Allowed): StepUp | undefined {
  return openStage(requirements, approvals.length)?.rule.stepUp;
}

function signed({ attestor }: Desk, request: string, approval: Omit<Approval, "signature">): Approval {
  return { ...approval, signature: attestor.attest(approvalStatement(request, approval)) };
}

function approverChallenge(request: AwaitingApproval, subject: Subject): Challenge {
  const triesLeft = triesPerChallenge - (request.wrongCodes[subject.sub] ?? 0);
  return { digest: request.digest, subject: subject.sub, expiresAt: endOf(request), triesLeft };
}
