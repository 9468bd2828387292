import { proofHolds } from "../challenge/verify.ts";
import { isRefusal } from "../operation/refusal.ts";
import { quorumHolds, reachable } from "../policy/approvers.ts";
import { decide } from "../policy/decide.ts";
import type { Requirements } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { Stored } from "../ports.ts";
import { tellAbsence, tellStillElevated } from "./absence.ts";
import { askedStatement } from "./asked.ts";
import { callOf } from "./call-approvers.ts";
import { factsNow } from "./circumstances.ts";
import { openReviewOf } from "./debt.ts";
import { decideAgain, forbidden, refuseReason } from "./decide-again.ts";
import type { Desk } from "./desk.ts";
import { openElevation } from "./elevation.ts";
import { endOf } from "./ending.ts";
import { whyEvidenceFails } from "./evidence.ts";
import type { Wish } from "./move.ts";
import { nextCall } from "./next-call.ts";
import { scopeOf } from "./proof-scope.ts";
import { type AwaitingApproval, mostNamed, type Planning } from "./request.ts";
import { reviewDue } from "./review.ts";
import { lapseOf, turnOf } from "./turn.ts";

/**
 * Does whatever is the web side's to do next, until it is somebody else's turn, and says so when they are not there.
 * Safe to call at any time, by any number of processes: each step is a compare-and-set.
 */
export async function advance(desk: Desk, id: string): Promise<void> {
  for (let going = true; going; ) {
    let wished = false;
    const moved = await desk.mover.move(id, async (stored) => {
      const wish = await nextWish(desk, stored);
      wished = wish !== undefined;
      return wish;
    });
    // What is refused now, such as a step past the deadline, is not asked for again: that would never end.
    going = wished && !isRefusal(moved);
  }
}

/**
 * Lets a request lapse whose time is over, or what is offered after its end, or calls those whom it waits for; nothing when
 * it is not time, or when something else came first.
 */
export async function lapse(desk: Desk, id: string): Promise<void> {
  await desk.mover.move(id, async (stored): Promise<Wish> => {
    const { request, now } = stored;
    const due = reviewDue(request);
    if (due !== undefined && now > due) return { event: { type: "review-overdue" }, along: { notBefore: due } };
    const call = nextCall(request);
    if (request.state === "awaiting-approval" && call && now >= call.at && now <= endOf(request))
      return { event: await callOf(desk, request, call), along: { notBefore: call.at } };
    if (openElevation(request)) return tellStillElevated(desk, stored);
    const deadline = lapseOf(request);
    return deadline !== undefined && now > deadline
      ? { event: { type: request.state === "succeeded" ? "undo-lapsed" : "expired" }, along: { notBefore: deadline } }
      : undefined;
  });
}

async function nextWish(desk: Desk, stored: Stored): Promise<Wish> {
  const { request, now } = stored;
  if (turnOf(request)?.side !== "web") return tellAbsence(desk, stored);
  // Records lie where others may write: what was not asked of us is not gone on with.
  if (!desk.attestor.holds(askedStatement(request), request.signature))
    return { event: { type: "forbidden", rule: "evidence", why: "this is not what was asked for" } };
  const requester = await desk.directory.subject(request.requester);
  if (!requester) return { event: { type: "forbidden", rule: "directory", why: "the requester is no longer known" } };
  if (request.state === "planning") return decideOnPlan(desk, request, requester, now);
  if (request.state === "awaiting-approval") return grant(desk, request, requester, now);
  return undefined;
}

async function decideOnPlan(desk: Desk, request: Planning, requester: Subject, now: number): Promise<Wish> {
  if (!request.plan || request.digest === undefined) return undefined;
  const { plan, operation, breakGlass } = request;
  const about = {
    subject: requester,
    operation,
    plan: plan.facts,
    origin: request.origin,
    askedAt: request.askedAt,
    now,
    ...(breakGlass ? { breakGlass } : {}),
  };
  const decision = decide(desk.policy.current(), await factsNow(desk, about));
  if (!decision.allowed) return forbidden(decision);
  const unreasoned = refuseReason(decision, request.reason);
  if (unreasoned) return forbidden(unreasoned);
  const { stepUp } = decision.requirements;
  const mayCount = stepUp?.within !== undefined || stepUp?.reuse !== undefined;
  const last = mayCount ? await desk.store.lastProof(requester.sub) : undefined;
  const { attestor } = desk;
  const scope = scopeOf(decision.tier, plan);
  const demand = { subject: requester.sub, digest: request.digest, now, attestor, scope };
  const fresh = stepUp && proofHolds(last, { ...demand, stepUp }) ? last : undefined;
  const challengeExpiresAt = now + desk.lifetimes.challenge;
  const approvers = await approversOf(desk, decision.requirements, requester.sub);
  const event = { type: "decided", decision, challengeExpiresAt } as const;
  return { event: { ...event, ...(approvers ? { approvers } : {}), ...(fresh ? { proof: fresh } : {}) } };
}

/** Who could approve now, so that nobody waits for an approval that nobody can give. */
async function approversOf(
  { directory }: Desk,
  requirements: Requirements,
  requester: string,
): Promise<readonly (readonly string[])[] | undefined> {
  if (!requirements.approvals) return undefined;
  const stages = reachable(requirements, requester, await directory.people());
  return stages.map((people) => people.slice(0, mostNamed + 1).map(({ sub }) => sub));
}

/** What the identity provider signed of these people's groups, whom it has just been asked about. */
async function membershipsOf(
  { memberships }: Desk,
  people: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  if (!memberships) return undefined;
  const said = await Promise.all(people.map(async (sub) => [sub, await memberships.tokenOf(sub)] as const));
  return Object.fromEntries(said.flatMap(([sub, token]) => (token === undefined ? [] : [[sub, token]])));
}

/** Quorum reached: policy and groups as they are now must still say yes before anything is signed. */
async function grant(desk: Desk, request: AwaitingApproval, requester: Subject, now: number): Promise<Wish> {
  const again = await decideAgain(desk, request, requester, now);
  if (!again.allowed) return forbidden(again);
  const { decision, seen } = again;
  const why = await whyEvidenceFails(desk, request, decision.requirements);
  if (why !== undefined) return { event: { type: "forbidden", rule: "evidence", why } };
  const approvers = await Promise.all(request.approvals.map((approval) => desk.directory.subject(approval.subject)));
  const known = approvers.filter((subject) => subject !== undefined);
  if (!quorumHolds(decision.requirements, requester.sub, known))
    return { event: { type: "forbidden", rule: "quorum", why: "an approver may no longer approve this" } };
  const owed = request.breakGlass && (await openReviewOf(desk, requester.sub, request.id));
  if (owed) return { event: { type: "forbidden", rule: "review owed", why: `the review of ${owed} is still open` } };
  const memberships = await membershipsOf(desk, [requester.sub, ...known.map(({ sub }) => sub)]);
  const signed = desk.signer.sign({
    v: "countersign.grant.v1",
    request: request.id,
    digest: request.digest,
    cluster: request.operation.cluster,
    requester: requester.sub,
    approvers: request.approvals.map((approval) => approval.subject),
    tier: decision.tier,
    policy: decision.policy,
    ...(request.breakGlass ? { breakGlass: true as const } : {}),
    ...seen,
    ...(memberships ? { memberships } : {}),
    grantedAt: now,
    notAfter: now + Math.min(desk.lifetimes.execution, decision.requirements.window ?? Infinity),
  });
  return { event: { type: "granted", grant: signed }, along: { notAfter: endOf(request) } };
}
