import { ClusterFault, type KubeObject } from "../cluster-port.ts";
import type { Ending, Following } from "./act.ts";
import { type Deployment, viewDeployment } from "./deployment.ts";
import { refOf } from "./planned-object.ts";

/** How far a rollout has come, in pods. */
export interface RolloutCount {
  readonly updated: number;
  readonly available: number;
  readonly wanted: number;
}

/**
 * Watches, never polls, from the very answer of the change on, until the controller has done it, says that it is
 * stuck, or the signal ends it. `inWords` makes the sentence that is told of each step.
 */
export async function followRollout(
  { session, plan, from, tell, signal }: Following,
  inWords: (count: RolloutCount) => string,
): Promise<Ending> {
  const { uid } = plan.object;
  let last = "";
  const judge = async (object: KubeObject): Promise<Ending | undefined> => {
    const deployment = viewDeployment(object);
    if (deployment.uid !== uid)
      return { well: false, why: "the object was deleted, and another of the same name made" };
    const says = inWords(countOf(deployment));
    if (says !== last) await tell(says);
    last = says;
    if (isDone(deployment)) return { well: true, says: "done, and rolled out" };
    const stuck = stuckOf(deployment);
    return stuck === undefined ? undefined : { well: false, why: stuck };
  };
  if (!from) return { well: false, why: "the object is gone" };
  const now = await judge(from);
  if (now) return now;
  try {
    for await (const object of session.watch(refOf(plan.object), viewDeployment(from).resourceVersion, signal)) {
      const end = await judge(object);
      if (end) return end;
    }
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found")
      return { well: false, why: "the object was deleted meanwhile" };
    throw fault;
  }
  return { well: false, why: "it had not finished when the time to watch it was over" };
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

function countOf({ generation, replicas, status }: Deployment): RolloutCount {
  const settled = status.observedGeneration >= generation;
  return { updated: settled ? status.updated : 0, available: status.available, wanted: replicas };
}
