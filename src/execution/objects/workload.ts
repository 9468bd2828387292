import type { WorkloadKind } from "../../operation/catalogue/workloads.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import type { Json, PlannedObject } from "../../operation/plan.ts";
import type { Target } from "../../operation/target.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "./fields.ts";

/**
 * The fields of a Deployment, StatefulSet or DaemonSet that planning and watching read, under one name each; absent
 * ones as the API documents their defaults.
 */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Pods it is to have: of a DaemonSet one for each node it belongs on, as its controller last counted them. */
  readonly replicas: number;
  /** Only a Deployment can be. */
  readonly paused: boolean;
  readonly template: Json;
  readonly restartedAt: string | undefined;
  readonly strategy: Strategy;
  readonly status: {
    readonly observedGeneration: number;
    readonly replicas: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
  };
  /** Only a Deployment's controller writes any. */
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly lastUpdateTime: string;
  }[];
}

interface Strategy {
  /** `RollingUpdate`; `Recreate` of a Deployment; `OnDelete` of the others: a pod is renewed when somebody deletes it. */
  readonly type: string;
  readonly maxUnavailable: number | string;
  /** How many of the first pods of a StatefulSet keep what they have, by its partition. */
  readonly heldBack: number;
}

/** The annotation that kubectl sets to roll a workload. */
export const restartedAtAnnotation = "kubectl.kubernetes.io/restartedAt";

/** The exact object a plan is about: a successor of the same name has another uid. */
export function plannedWorkload({ namespace, name }: Target<WorkloadKind>, { kind, uid }: Workload): PlannedObject {
  return { apiVersion: apiVersionOf(kind), kind, namespace, name, uid };
}

export function viewWorkload(object: KubeObject, kind: WorkloadKind): Workload {
  const metadata = record(object["metadata"]);
  const spec = record(object["spec"]);
  const status = record(object["status"]);
  const template = spec["template"] ?? null;
  const replicas = kind === "DaemonSet" ? number(status["desiredNumberScheduled"]) : number(spec["replicas"], 1);
  return {
    kind,
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
    generation: number(metadata["generation"]),
    labels: texts(metadata["labels"]),
    annotations: texts(metadata["annotations"]),
    replicas,
    paused: kind === "Deployment" && spec["paused"] === true,
    template,
    restartedAt: texts(record(record(template)["metadata"])["annotations"])[restartedAtAnnotation],
    strategy: strategyOf(spec, kind, replicas),
    status: statusOf(status, kind),
    conditions: list(status["conditions"]).map((entry) => {
      const condition = record(entry);
      const field = (name: string) => text(condition[name]);
      return {
        type: field("type"),
        status: field("status"),
        reason: field("reason"),
        message: field("message"),
        lastUpdateTime: field("lastUpdateTime"),
      };
    }),
  };
}

function strategyOf(spec: Readonly<Record<string, Json>>, kind: WorkloadKind, replicas: number): Strategy {
  const strategy = record(spec[kind === "Deployment" ? "strategy" : "updateStrategy"]);
  const { maxUnavailable, maxSurge, partition } = record(strategy["rollingUpdate"]);
  // A DaemonSet that may run two pods on a node makes the new one first.
  const surges = kind === "DaemonSet" && maxSurge !== undefined && maxSurge !== 0 && maxSurge !== "0%";
  const otherwise = kind === "Deployment" ? "25%" : 1;
  // The partition is an ordinal, and the first pod may have another than 0.
  const first = number(record(spec["ordinals"])["start"]);
  return {
    type: text(strategy["type"], "RollingUpdate"),
    maxUnavailable: surges
      ? 0
      : typeof maxUnavailable === "number" || typeof maxUnavailable === "string"
        ? maxUnavailable
        : otherwise,
    heldBack: kind === "StatefulSet" ? Math.min(replicas, Math.max(0, number(partition) - first)) : 0,
  };
}

function statusOf(status: Readonly<Record<string, Json>>, kind: WorkloadKind): Workload["status"] {
  const count = (field: string) => number(status[field]);
  const [replicas, updated, ready, available] =
    kind === "DaemonSet"
      ? ["currentNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable"]
      : ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"];
  return {
    observedGeneration: count("observedGeneration"),
    replicas: count(replicas),
    updated: count(updated),
    ready: count(ready),
    available: count(available),
  };
}
