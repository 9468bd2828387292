import { timestamp } from "../object.ts";
import { bounds } from "./rollout.ts";
import type { Condition, Deployment, ReplicaSet } from "./workload.ts";

export interface Seen {
  readonly fresh: ReplicaSet;
  readonly all: readonly ReplicaSet[];
  /** The new set was made or found again in this very pass. */
  readonly turned?: "NewReplicaSetCreated" | "FoundNewReplicaSet";
}

/** What the Deployment controller writes into the status; counts of 0 are left out, as on a real server. */
export function statusOf(deployment: Deployment, { fresh, all, turned }: Seen, now: number): Deployment["status"] {
  const { replicas: desired } = deployment.spec;
  const count = (sets: readonly ReplicaSet[], field: "replicas" | "readyReplicas" | "availableReplicas") =>
    sets.reduce((sum, { status }) => sum + (status[field] ?? 0), 0);
  const available = count(all, "availableReplicas");
  const wanted = all.reduce((sum, { spec }) => sum + spec.replicas, 0);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: count(all, "replicas"),
    updatedReplicas: fresh.status.replicas,
    readyReplicas: count(all, "readyReplicas"),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  };
  const before = deployment.status;
  const complete =
    counts.updatedReplicas === desired && counts.replicas === desired && counts.availableReplicas === desired;
  const moved =
    counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
    counts.readyReplicas > (before.readyReplicas ?? 0) ||
    counts.availableReplicas > (before.availableReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas < (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  const conditions = [
    availableCondition(deployment, available, now),
    progressingCondition(deployment, fresh.metadata.name, { turned, complete, moved }, now),
  ];
  const present = Object.entries(counts).filter(([, value]) => value !== 0);
  return { ...Object.fromEntries(present), conditions };
}

/** When the rollout will be late, or undefined when it is done or late already. */
export function deadlineOf({ spec, status }: Deployment): number | undefined {
  const progressing = status.conditions?.find(({ type }) => type === "Progressing");
  const waits = progressing && progressing.status !== "False" && progressing.reason !== "NewReplicaSetAvailable";
  if (!waits || spec.paused) return undefined;
  return Date.parse(progressing.lastUpdateTime) + spec.progressDeadlineSeconds * 1000;
}

function availableCondition(deployment: Deployment, available: number, now: number): Condition {
  const enough = available >= deployment.spec.replicas - bounds(deployment.spec).unavailable;
  return conditionOf(deployment, now, {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: `Deployment ${enough ? "has" : "does not have"} minimum availability.`,
  });
}

function progressingCondition(
  deployment: Deployment,
  set: string,
  seen: { readonly turned: Seen["turned"]; readonly complete: boolean; readonly moved: boolean },
  now: number,
): Condition {
  const before = deployment.status.conditions?.find(({ type }) => type === "Progressing");
  const say = (status: Condition["status"], reason: string, message: string, fresh = false) =>
    conditionOf(deployment, now, { type: "Progressing", status, reason, message }, fresh);
  if (seen.turned === "NewReplicaSetCreated") return say("True", seen.turned, `Created new replica set "${set}"`);
  if (seen.turned === "FoundNewReplicaSet") return say("True", seen.turned, `Found new replica set "${set}"`);
  if (deployment.spec.paused)
    return before?.reason === "ProgressDeadlineExceeded"
      ? before
      : say("Unknown", "DeploymentPaused", "Deployment is paused");
  const done = `ReplicaSet "${set}" has successfully progressed.`;
  // Once a rollout is done, scaling does not make it undone.
  if (seen.complete || before?.reason === "NewReplicaSetAvailable") return say("True", "NewReplicaSetAvailable", done);
  if (before?.reason === "DeploymentPaused") return say("Unknown", "DeploymentResumed", "Deployment is resumed", true);
  const late = deadlineOf(deployment);
  if (!seen.moved && before && (before.status === "False" || (late !== undefined && late <= now)))
    return say("False", "ProgressDeadlineExceeded", `ReplicaSet "${set}" has timed out progressing.`);
  if (!seen.moved && before) return before;
  return say("True", "ReplicaSetUpdated", `ReplicaSet "${set}" is progressing.`, true);
}

/** A condition that says the same keeps its times, unless it was confirmed just now. */
function conditionOf(
  { status }: Deployment,
  now: number,
  says: Omit<Condition, "lastUpdateTime" | "lastTransitionTime">,
  confirmed = false,
): Condition {
  const before = status.conditions?.find(({ type }) => type === says.type);
  const time = timestamp(now);
  const same = before?.status === says.status && before.reason === says.reason && before.message === says.message;
  return {
    ...says,
    lastUpdateTime: same && !confirmed ? before.lastUpdateTime : time,
    lastTransitionTime: before?.status === says.status ? before.lastTransitionTime : time,
  };
}
