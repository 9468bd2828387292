import { digestOf } from "../operation/digest.ts";
import type { Operation, RunRunbook } from "../operation/operation.ts";
import { type AnyTarget, spokenTarget } from "../operation/target.ts";
import { type Cluster, ClusterFault } from "../ports/cluster.ts";
import { type AskedBy, askerOf } from "../request/asked.ts";
import type { ChangePlan, Unplannable } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { accountOf, type Bench, reader } from "./bench.ts";
import { awaited } from "./hold-up.ts";
import { makePlan } from "./make-plan.ts";
import { stepAsked, wholePlan } from "./steps.ts";

/** Plans a request, and tries the change without storing it; of a runbook every step. Changes nothing. */
export async function tryPlan(bench: Bench, cluster: Cluster, request: AskedBy): Promise<ChangePlan | Unplannable> {
  const { operation } = request;
  return operation.kind === "runbook" ? trySteps(bench, cluster, request, operation) : tryOne(bench, cluster, request);
}

async function tryOne(bench: Bench, cluster: Cluster, request: AskedBy): Promise<ChangePlan | Unplannable> {
  const { id, operation } = request;
  const fresh = await makePlan(bench, await cluster.session(reader, id), request);
  if ("unplannable" in fresh) return fresh;
  // Kept once it is about to be removed, and not before.
  const { keep: _, ...plan } = fresh;
  const stamp = {
    request: id,
    digest: digestOf(askerOf(request), plan),
    at: await bench.store.now(),
  };
  const session = await cluster.session(accountOf(operation), id);
  await actOf(changeOf(operation)).apply(session, plan, {
    stamp,
    resourceVersion: plan.live.resourceVersion,
    dryRun: true,
  });
  return plan;
}

/** Each on the objects as they are before the first is run. */
async function trySteps(
  bench: Bench,
  cluster: Cluster,
  request: AskedBy,
  operation: RunRunbook,
): Promise<ChangePlan | Unplannable> {
  const plans: ChangePlan[] = [];
  for (const i of operation.steps.keys()) {
    const step = stepAsked(request, operation, i);
    const plan = await tryOne(bench, cluster, step).catch((fault: unknown) => {
      if (
        !(fault instanceof ClusterFault) ||
        fault.code === "conflict" ||
        awaited(fault, operation.cluster) !== undefined
      )
        throw fault;
      return { unplannable: sayFault(fault, step.operation) };
    });
    if ("unplannable" in plan) return { unplannable: `Step ${i + 1}: ${plan.unplannable}` };
    plans.push(plan);
  }
  return wholePlan(operation, plans);
}

/** Why it cannot be planned, for people. */
export function sayFault(fault: ClusterFault, operation: Operation): string {
  const target: AnyTarget | undefined = "target" in operation ? operation.target : undefined;
  const where = target?.namespace === undefined ? "cluster" : `namespace ${target.namespace}`;
  if (fault.code === "not-found" && target) return `There is no ${spokenTarget(target)} in the ${where}.`;
  if (fault.code === "forbidden" && target?.kind === "ClusterRole" && fault.says.includes("attempting to grant"))
    return `Countersign may not give the role ${target.name} in the ${where}: an administrator installs that with \`countersign manifests --role ${target.name}\`.`;
  if (fault.code === "forbidden") return `Countersign is not installed for the ${where}: ${fault.says}`;
  if (fault.code === "invalid") return `The cluster refuses this change: ${fault.says}`;
  if (fault.code === "disruption-budget") return `A disruption budget forbids it now: ${fault.says}`;
  return `The cluster did not answer as it should: ${fault.says}`;
}
