import type { KubeObject, Session } from "../ports.ts";
import { ClusterFault } from "../ports.ts";
import type { Progress } from "../request/request.ts";
import type { ChangePlan } from "./act.ts";
import { type Deployment, viewDeployment } from "./deployment.ts";

/** How a rollout ended, as the object's own status tells. */
export type RolloutEnd = { readonly rolledOut: true } | { readonly rolledOut: false; readonly why: string };

/**
 * Watches, never polls, from the very answer of the change on, until the controller has done it, says that it is
 * stuck, or the signal ends it. `seen` is called for every step that differs from the one before.
 */
export async function watchRollout(
  session: Session,
  plan: ChangePlan,
  from: KubeObject,
  seen: (progress: Omit<Progress, "at">) => Promise<void>,
  signal: AbortSignal,
): Promise<RolloutEnd> {
  const { namespace, name, uid } = plan.object;
  const ref = { group: "apps", version: "v1", resource: "deployments", namespace, name };
  let last = "";
  const judge = async (object: KubeObject): Promise<RolloutEnd | undefined> => {
    const deployment = viewDeployment(object);
    if (deployment.uid !== uid)
      return { rolledOut: false, why: "the object was deleted, and another of the same name made" };
    const progress = progressOf(deployment);
    const text = JSON.stringify(progress);
    if (text !== last) await seen(progress);
    last = text;
    if (isDone(deployment)) return { rolledOut: true };
    const stuck = stuckOf(deployment);
    return stuck === undefined ? undefined : { rolledOut: false, why: stuck };
  };
  const now = await judge(from);
  if (now) return now;
  try {
    for await (const object of session.watch(ref, viewDeployment(from).resourceVersion, signal)) {
      const end = await judge(object);
      if (end) return end;
    }
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found")
      return { rolledOut: false, why: "the object was deleted meanwhile" };
    throw fault;
  }
  return { rolledOut: false, why: "it had not finished when the time to watch it was over" };
}

// The rule of `kubectl rollout status`: the controller has seen the change, and only new, available pods are left.
function isDone({ generation, replicas, status }: Deployment): boolean {
  const settled = status.observedGeneration >= generation;
  return settled && status.updated === replicas && status.replicas === replicas && status.available === replicas;
}

function stuckOf({ generation, status, conditions }: Deployment): string | undefined {
  if (status.observedGeneration < generation) return undefined;
  const condition = conditions.find(
    ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
  );
  return condition ? `it is stuck: ${condition.message.slice(0, 200)}` : undefined;
}

function progressOf({ generation, replicas, status }: Deployment): Omit<Progress, "at"> {
  const settled = status.observedGeneration >= generation;
  return { updated: settled ? status.updated : 0, available: status.available, wanted: replicas };
}
