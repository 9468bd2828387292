import { digestOf } from "../operation/digest.ts";
import { isRead } from "../operation/operation.ts";
import { ClusterFault } from "../ports/cluster.ts";
import { askerOf } from "../request/asked.ts";
import type { Planning } from "../request/request.ts";
import { type Bench, clusterOf, looks } from "./bench.ts";
import { awaited, holdUp } from "./hold-up.ts";
import { sayFault, tryPlan } from "./try-plan.ts";

/**
 * Reads what it is about, tries the change without storing it, and puts the plan into the record. Changes nothing. While
 * the cluster is away the record says so, and it is tried again until the request lapses.
 */
export async function planRequest(bench: Bench, request: Planning, look = 1): Promise<void> {
  const { operation } = request;
  if (isRead(operation) || request.plan) return;
  const cluster = clusterOf(bench, operation);
  // Another worker may serve that cluster; the request lapses when none does.
  if (!cluster) return;
  try {
    const plan = await tryPlan(bench, cluster, request);
    if ("unplannable" in plan) return await unplannable(bench, request.id, plan.unplannable);
    const digest = digestOf(askerOf(request), plan);
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
    await unplannable(bench, request.id, sayFault(fault, operation));
  }
}

async function unplannable(bench: Bench, id: string, why: string): Promise<void> {
  await bench.mover.move(id, () => ({ event: { type: "unplannable", why } }));
}
