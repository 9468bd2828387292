import { ClusterFault, type KubeObject } from "../../ports/cluster.ts";
import type { Ending, Following } from "../act.ts";
import { refOf } from "./planned-object.ts";
import { heldBack, whyHeld } from "./replacement.ts";
import { viewWorkload, type Workload } from "./workload.ts";

/** How far a rollout has come, in pods. */
export interface RolloutCount {
  readonly updated: number;
  readonly available: number;
  /** That are to be updated. */
  readonly wanted: number;
}

/** Follows a change of the template by the rule of `kubectl rollout status` for its kind. */
export function followRollout(at: Following, inWords: (count: RolloutCount) => string): Promise<Ending> {
  return follow(at, {
    tells: (workload) => {
      const { replicas, status } = workload;
      const updated = isSeen(workload) ? status.updated : 0;
      return inWords({ updated, available: status.available, wanted: replicas - heldBack(workload) });
    },
    isDone: isRolledOut,
    says: (workload) =>
      heldBack(workload) === 0
        ? "done, and rolled out"
        : `done, and rolled out as far as it goes: ${whyHeld(workload)}`,
  });
}

/** Follows a change of the number of pods: which template they have is another matter. */
export function followScale(at: Following): Promise<Ending> {
  return follow(at, {
    tells: ({ replicas, status }) => `${status.available} pods available, ${replicas} wanted`,
    isDone: (workload) => isSeen(workload) && hasItsPods(workload),
    says: () => "done, and rolled out",
  });
}

interface Rule {
  readonly tells: (workload: Workload) => string;
  readonly isDone: (workload: Workload) => boolean;
  readonly says: (workload: Workload) => string;
}

/**
 * Watches, never polls, from the very answer of the change on, until the controller has done it, says that it is
 * stuck, or the signal ends it. Each step that differs is told.
 */
async function follow({ session, plan, from, tell, signal }: Following, rule: Rule): Promise<Ending> {
  const { uid, kind } = plan.object;
  let last = "";
  const view = (object: KubeObject) => viewWorkload(object, kind as Workload["kind"]);
  const judge = async (object: KubeObject): Promise<Ending | undefined> => {
    const workload = view(object);
    if (workload.uid !== uid) return { well: false, why: "the object was deleted, and another of the same name made" };
    const says = rule.tells(workload);
    if (says !== last) await tell(says);
    last = says;
    if (rule.isDone(workload)) return { well: true, says: rule.says(workload) };
    const stuck = stuckOf(workload);
    return stuck === undefined ? undefined : { well: false, why: stuck };
  };
  if (!from) return { well: false, why: "the object is gone" };
  const now = await judge(from);
  if (now) return now;
  try {
    for await (const object of session.watch(refOf(plan.object), view(from).resourceVersion, signal)) {
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

/** Whether what the status says is of the object as it is now. */
export function isSeen({ generation, status }: Workload): boolean {
  return status.observedGeneration >= generation;
}

function hasItsPods({ replicas, status }: Workload): boolean {
  return status.replicas === replicas && status.available === replicas;
}

/** Only new, available pods are left, but for those that the strategy holds back. */
export function isRolledOut(workload: Workload): boolean {
  const { replicas, status } = workload;
  return isSeen(workload) && status.updated >= replicas - heldBack(workload) && hasItsPods(workload);
}

/** That its controller has given up, and in which words; undefined while it has not. */
export function stuckOf(workload: Workload): string | undefined {
  if (!isSeen(workload)) return undefined;
  const condition = workload.conditions.find(
    ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
  );
  return condition ? `it is stuck: ${condition.message.slice(0, 200)}` : undefined;
}
