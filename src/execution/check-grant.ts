import { withGroups } from "../challenge/membership.ts";
import { digestOf } from "../operation/digest.ts";
import { quorumHolds } from "../policy/approvers.ts";
import { decide, stillAsked } from "../policy/decide.ts";
import type { Circumstances, DecisionFacts } from "../policy/policy.ts";
import { whyReasonFails } from "../policy/reason.ts";
import type { Subject } from "../policy/subject.ts";
import { askerOf } from "../request/asked.ts";
import { openReviewOf } from "../request/debt.ts";
import { factsOf } from "../request/facts.ts";
import type { Grant } from "../request/grant.ts";
import type { Executing, Granted, Unknown } from "../request/request.ts";
import type { Bench } from "./bench.ts";
import { whyNotProved } from "./check-proofs.ts";

/**
 * Says why the worker must not believe this record, or undefined when it may. Whoever can write to Redis can write
 * anything into a record, so nothing counts that the signed grant does not carry; and whoever holds the web process
 * still meets the worker's own policy and directory.
 */
export async function whyNot(bench: Bench, request: Granted | Executing): Promise<string | undefined> {
  return (
    whyNotAsGranted(bench, request) ??
    (await whyNotForDebt(bench, request)) ??
    whyNotByPolicy(bench, request, request.plan.facts)
  );
}

/** Nobody breaks the glass again who owes a review, as far as the records show it. What has begun is gone on with. */
async function whyNotForDebt({ store, verifier }: Bench, request: Granted | Executing): Promise<string | undefined> {
  if (!request.breakGlass || request.state !== "granted") return undefined;
  const owed = await openReviewOf({ store, attestor: verifier }, request.requester, request.id);
  return owed && `${request.requester} broke the glass for ${owed}, whose review is still open`;
}

/** Whether the record is still what was granted, whoever may ask for it now. */
export function whyNotAsGranted(
  bench: Pick<Bench, "verifier">,
  request: Granted | Executing | Unknown,
): string | undefined {
  const { grant: signed, digest, plan, operation } = request;
  const { grant } = signed;
  if (grant.v !== "countersign.grant.v1" || !bench.verifier.verify(signed))
    return "the grant's signature does not hold";
  if (grant.request !== request.id) return "the grant is for another request";
  if (grant.cluster !== operation.cluster || plan.operation.cluster !== operation.cluster)
    return "the grant is for another cluster";
  if (grant.requester !== request.requester) return "the grant names another requester";
  if (grant.digest !== digest) return "the grant is for another plan";
  const asker = askerOf(request);
  if (digestOf(asker, plan) !== digest) return "the plan in the record is not the one that was approved";
  if (digestOf(asker, { ...plan, operation }) !== digest)
    return "the operation in the record is not the one that was approved";
  return undefined;
}

/** Policy and quorum by the worker's own copies, on the facts as they are now. */
export async function whyNotByPolicy(
  bench: Bench,
  request: Granted | Executing,
  plan: DecisionFacts["plan"],
): Promise<string | undefined> {
  const { grant } = request.grant;
  const requester = await personOf(bench, grant, grant.requester);
  if (!requester) return `the worker's directory does not know ${grant.requester}`;
  const policy = bench.policy.current();
  const said = request.breakGlass ? { breakGlass: request.breakGlass } : {};
  const circumstances = { ...(await circumstancesOf(bench, grant)), ...said };
  const decision = decide(policy, factsOf(request.operation, requester, plan, circumstances));
  if (!decision.allowed) return decision.says;
  const requirements = stillAsked(policy, grant.tier, decision);
  if (!requirements) return `this is ${decision.tier} by the worker's policy, and was granted as ${grant.tier}`;
  const unreasoned = whyReasonFails(requirements, request.reason);
  if (unreasoned !== undefined) return `in the tier ${grant.tier}, ${unreasoned}`;
  if (grant.notAfter - grant.grantedAt > (requirements.window ?? Infinity))
    return `the grant lasts longer than the tier ${grant.tier} allows`;
  const approvers = await Promise.all(grant.approvers.map((sub) => personOf(bench, grant, sub)));
  const known = approvers.filter((subject) => subject !== undefined);
  if (!quorumHolds(requirements, grant.requester, known)) return "the approvals do not make the quorum";
  return whyNotProved(bench, request, requirements);
}

/** By the worker's own directory, with the groups that the identity provider signed and the grant carries. */
async function personOf(bench: Bench, grant: Grant, sub: string): Promise<Subject | undefined> {
  const subject = await bench.directory.subject(sub);
  if (!subject || !bench.groups) return subject;
  const { memberships = {}, notAfter } = grant;
  const token = Object.hasOwn(memberships, sub) ? memberships[sub] : undefined;
  // What was begun in time may be looked at later.
  const at = Math.min(await bench.store.now(), notAfter);
  const read = token === undefined ? undefined : await bench.groups.read(token, sub, at);
  return withGroups(subject, read?.groups);
}

/**
 * The time is the worker's to know: now, or the last moment at which it could have begun. The rest only the web process
 * saw, and its signed word is taken: a policy is no policy where such a fact decides about bound proof or a denial, so
 * whoever holds that process gains nothing by lying that it could not have without.
 */
async function circumstancesOf(
  { store }: Bench,
  { notAfter, channel, unusual, slackGroups }: Grant,
): Promise<Circumstances> {
  return {
    now: Math.min(await store.now(), notAfter),
    ...(channel === undefined ? {} : { channel }),
    ...(unusual ? { unusual } : {}),
    ...(slackGroups ? { slackGroups } : {}),
  };
}
