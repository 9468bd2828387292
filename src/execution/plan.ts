import { ClusterFault } from "../cluster-port.ts";
import { digestOf } from "../operation/digest.ts";
import { isChange } from "../operation/operation.ts";
import { type AnyTarget, spokenTarget } from "../operation/target.ts";
import type { Planning } from "../request/request.ts";
import { actOf } from "./acts.ts";
import { accountOf, type Bench, clusterOf, looks, reader } from "./bench.ts";
import { awaited, holdUp } from "./hold-up.ts";
import { makePlan } from "./make-plan.ts";

/**
 * Reads the object, tries the change without storing it, and puts the plan into the record. Changes nothing. While the
 * cluster is away the record says so, and it is tried again until the request lapses.
 */
export async function planRequest(bench: Bench, request: Planning, look = 1): Promise<void> {
  const { operation } = request;
  if (!isChange(operation) || request.plan) return;
  const cluster = clusterOf(bench, operation);
  // Another worker may serve that cluster; the request lapses when none does.
  if (!cluster) return;
  try {
    const now = await bench.store.now();
    const act = actOf(operation);
    const fresh = await makePlan(bench, await cluster.session(reader, request.id), request);
    if ("unplannable" in fresh) return await unplannable(bench, request.id, fresh.unplannable);
    // Kept once it is about to be removed, and not before.
    const { keep: _, ...plan } = fresh;
    const digest = digestOf({ request: request.id, requester: request.requester, reason: request.reason }, plan);
    const stamp = { request: request.id, digest, at: now };
    const session = await cluster.session(accountOf(operation), request.id);
    await act.apply(session, plan, { stamp, resourceVersion: plan.live.resourceVersion, dryRun: true });
    await bench.mover.move(request.id, () => ({ event: { type: "planned", plan, digest } }));
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    // The object moved between reading and trying: read it again.
    if (fault.code === "conflict" && look < looks) return planRequest(bench, request, look + 1);
    if (fault.code === "conflict") throw fault;
    const why = awaited(fault, operation.cluster);
    if (why !== undefined) {
      await holdUp(bench.mover, request.id, why);
      throw fault;
    }
    await unplannable(bench, request.id, sayFault(fault, operation.target));
  }
}

async function unplannable(bench: Bench, id: string, why: string): Promise<void> {
  await bench.mover.move(id, () => ({ event: { type: "unplannable", why } }));
}

function sayFault(fault: ClusterFault, target: AnyTarget): string {
  const { namespace } = target;
  const where = namespace === undefined ? "cluster" : `namespace ${namespace}`;
  if (fault.code === "not-found") return `There is no ${spokenTarget(target)} in the ${where}.`;
  if (fault.code === "forbidden" && target.kind === "ClusterRole" && fault.says.includes("attempting to grant"))
    return `Countersign may not give the role ${target.name} in the ${where}: an administrator installs that with \`countersign manifests --role ${target.name}\`.`;
  if (fault.code === "forbidden") return `Countersign is not installed for the ${where}: ${fault.says}`;
  if (fault.code === "invalid") return `The cluster refuses this change: ${fault.says}`;
  if (fault.code === "disruption-budget") return `A disruption budget forbids it now: ${fault.says}`;
  return `The cluster did not answer as it should: ${fault.says}`;
}
