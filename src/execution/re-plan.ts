import { canonical } from "../audit/canonical.ts";
import { digestOf } from "../operation/digest.ts";
import { type Cluster, ClusterFault } from "../ports/cluster.ts";
import { askerOf } from "../request/asked.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { ChangePlan, FreshPlan } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { accountOf, type Bench, looks, reader } from "./bench.ts";
import { makePlan } from "./make-plan.ts";

/**
 * The plan anew, with its dry run, if it is still the one that was approved; else what is different, for people. What
 * the policy says of it is for whoever asks.
 */
export async function rePlan(
  bench: Bench,
  cluster: Cluster,
  request: Granted | Executing,
  look = 1,
): Promise<FreshPlan | string> {
  const operation = changeOf(request.operation);
  const act = actOf(operation);
  try {
    const [session, own] = await Promise.all([
      cluster.session(reader, request.id),
      cluster.session(accountOf(operation), request.id),
    ]);
    const plan = await makePlan(bench, session, request);
    if ("unplannable" in plan) return plan.unplannable;
    if (digestOf(askerOf(request), plan) !== request.digest) return differenceOf(request, plan);
    const stamp = { request: request.id, digest: request.digest, at: request.grant.grant.grantedAt };
    await act.apply(own, plan, { stamp, resourceVersion: plan.live.resourceVersion, dryRun: true });
    return plan;
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    if (fault.code === "not-found") return "the object is gone";
    if (
      fault.code === "invalid" ||
      fault.code === "forbidden" ||
      fault.code === "disruption-budget" ||
      fault.code === "already-exists"
    )
      return `the cluster refuses it now: ${fault.says}`;
    if (fault.code === "conflict" && look < looks) return rePlan(bench, cluster, request, look + 1);
    // Nothing was changed: the lease runs out, and it is tried again until the grant is over.
    throw fault;
  }
}

function differenceOf(request: Granted | Executing, plan: ChangePlan): string {
  const before = request.plan;
  if (before.object?.uid !== plan.object.uid) return "the object was deleted, and another of the same name made";
  if (canonical(before.also ?? []) !== canonical(plan.also ?? []))
    return "what it would act on is no longer what was approved (a cordoned node's pods hold still)";
  const moved = plan.changes.filter((change, i) => change.from !== before.changes[i]?.from);
  if (moved.length > 0)
    return `since it was approved, ${moved.map(({ field, from }) => `${field} became ${from}`).join(" and ")}`;
  return "the object was changed since it was approved";
}
