import { type Proof, type ProofScope, proofStatement } from "../challenge/challenge.ts";
import { countsAgain, isStrongEnough } from "../challenge/verify.ts";
import { digestOf } from "../operation/digest.ts";
import type { Requirements, StepUp } from "../policy/policy.ts";
import { openStage } from "../policy/stages.ts";
import { askedStatement, askerOf } from "../request/asked.ts";
import { scopeOf } from "../request/proof-scope.ts";
import { approvalStatement, type Executing, type Granted } from "../request/request.ts";
import type { Bench } from "./bench.ts";

/** Whose proof is asked for, what it must be, and when it was to count. */
interface Demand {
  readonly subject: string;
  readonly stepUp: StepUp | undefined;
  readonly proof: Proof | undefined;
  readonly at: number;
}

/** What the worker judges proofs by. */
export type Judges = Pick<Bench, "witness" | "verifier" | "store" | "lifetimes">;

/**
 * Says which proof in the record the worker must not believe, or undefined when none. What the web process says it saw it
 * cannot see; what somebody else signed it checks again by keys of its own, so that where the tier asks for bound proof
 * even all that the web process holds, its signing key too, makes nothing run.
 */
export async function whyNotProved(
  bench: Judges,
  request: Granted | Executing,
  requirements: Requirements,
): Promise<string | undefined> {
  const { requester, approvers } = request.grant.grant;
  const { stepUp } = requirements;
  const demands: readonly Demand[] = [
    { subject: requester, stepUp, proof: request.proof, at: request.askedAt },
    ...approvers.map((subject, i): Demand => {
      const approval = request.approvals.find((one) => one.subject === subject);
      const { rule } = openStage(requirements, i) ?? {};
      return { subject, stepUp: rule?.stepUp, proof: approval?.proof, at: approval?.at ?? 0 };
    }),
  ];
  for (const demand of demands) {
    const why = demand.stepUp && (await whyOne(bench, request, requirements, { ...demand, stepUp: demand.stepUp }));
    if (why !== undefined) return why;
  }
  return undefined;
}

async function whyOne(
  bench: Judges,
  request: Granted | Executing,
  requirements: Requirements,
  { subject, stepUp, proof, at }: Demand & { readonly stepUp: StepUp },
): Promise<string | undefined> {
  if (!proof) return `no proof of presence of ${subject} is in the record`;
  if (proof.subject !== subject) return `the proof of ${subject} was given by somebody else`;
  if (!isStrongEnough(proof, stepUp)) return `the proof of ${subject} is not what this tier asks for`;
  if (proof.digest !== request.digest) {
    const scope = scopeOf(request.grant.grant.tier, request.plan);
    if (!countsAgain(proof, stepUp, { now: at, scope })) return `the proof of ${subject} is for another plan`;
    const why =
      (await whyOutOfTime(bench, request, requirements, proof)) ??
      (stepUp.within === undefined ? await whyOfOthers(bench, proof, scope) : undefined);
    if (why !== undefined) return `the proof of ${subject} is for another plan, and cannot count again: ${why}`;
  }
  const why = proof.evidence && (await bench.witness.whyNot(proof));
  return why === undefined ? undefined : `the proof of ${subject} does not stand up: ${why}`;
}

/**
 * How old a proof was that is used again follows from the times of the record. They are the web process's word: a thief of
 * Redis can write none, and whoever holds that process cannot set them back further than a request may take from being
 * asked for to its beginning, by the worker's own settings and its own policy.
 */
async function whyOutOfTime(
  { verifier, store, lifetimes }: Judges,
  request: Granted | Executing,
  { expires = Infinity, window = Infinity }: Requirements,
  proof: Proof,
): Promise<string | undefined> {
  const { id, askedAt, approvals, signature } = request;
  const { grantedAt, notAfter } = request.grant.grant;
  const signed = approvals.every((approval) => verifier.holds(approvalStatement(id, approval), approval.signature));
  const proved = verifier.holds(proofStatement(proof), proof.signature);
  if (!signed || !proved || !verifier.holds(askedStatement(request), signature))
    return "its times are not as they were signed";
  const begins = Math.min(await store.now(), notAfter);
  const last = Math.min(lifetimes.execution, window);
  if (begins - grantedAt > last) return "it was granted longer ago than a grant lasts";
  if (grantedAt - askedAt > Math.min(lifetimes.request, expires))
    return "it was asked for longer ago than a request lasts";
  return approvals.every(({ at }) => at >= askedAt && at <= grantedAt) ? undefined : "its times are in no order";
}

/** What it was given for is bound by the digest of that plan: whoever says another object has no plan to show for it. */
async function whyOfOthers({ store }: Judges, proof: Proof, { tier, target }: ProofScope): Promise<string | undefined> {
  const earlier = (await store.read(proof.request))?.request;
  const plan = earlier && "plan" in earlier ? earlier.plan : undefined;
  if (!earlier || !plan || digestOf(askerOf(earlier), plan) !== proof.digest)
    return "what it was given for is not known";
  return scopeOf(tier, plan).target === target ? undefined : "it was given for other objects";
}
