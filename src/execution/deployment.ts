import type { KubeObject } from "../cluster-port.ts";
import type { Json, PlannedObject } from "../operation/plan.ts";
import type { Target } from "../operation/target.ts";
import { list, number, record, text, texts } from "./fields.ts";

/** The fields of a Deployment that planning and watching read; absent ones as the API documents their defaults. */
export interface Deployment {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly paused: boolean;
  readonly template: Json;
  readonly restartedAt: string | undefined;
  readonly strategy: { readonly type: string; readonly maxUnavailable: number | string };
  readonly status: {
    readonly observedGeneration: number;
    readonly replicas: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
  };
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly lastUpdateTime: string;
  }[];
}

/** The annotation that kubectl sets to roll a workload. */
export const restartedAtAnnotation = "kubectl.kubernetes.io/restartedAt";

/** The annotations that name our request on what it changed. */
export const requestAnnotation = "countersign.dev/request";
export const digestAnnotation = "countersign.dev/digest";

/** The exact object a plan is about: a successor of the same name has another uid. */
export function plannedDeployment({ namespace, name }: Target, { uid }: Deployment): PlannedObject {
  return { apiVersion: "apps/v1", kind: "Deployment", namespace, name, uid };
}

export function viewDeployment(object: KubeObject): Deployment {
  const metadata = record(object["metadata"]);
  const spec = record(object["spec"]);
  const status = record(object["status"]);
  const template = spec["template"] ?? null;
  const strategy = record(spec["strategy"]);
  const maxUnavailable = record(strategy["rollingUpdate"])["maxUnavailable"];
  return {
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
    generation: number(metadata["generation"]),
    labels: texts(metadata["labels"]),
    annotations: texts(metadata["annotations"]),
    selector: texts(record(spec["selector"])["matchLabels"]),
    replicas: number(spec["replicas"], 1),
    paused: spec["paused"] === true,
    template,
    restartedAt: texts(record(record(template)["metadata"])["annotations"])[restartedAtAnnotation],
    strategy: {
      type: text(strategy["type"], "RollingUpdate"),
      maxUnavailable: typeof maxUnavailable === "number" || typeof maxUnavailable === "string" ? maxUnavailable : "25%",
    },
    status: {
      observedGeneration: number(status["observedGeneration"]),
      replicas: number(status["replicas"]),
      updated: number(status["updatedReplicas"]),
      ready: number(status["readyReplicas"]),
      available: number(status["availableReplicas"]),
    },
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

/** Pods that may be missing at once while the workload rolls. Percentages are rounded down, as the controller does. */
export function missingAtOnce({ strategy, replicas }: Deployment): number {
  if (strategy.type === "Recreate") return replicas;
  const { maxUnavailable } = strategy;
  if (typeof maxUnavailable === "number") return Math.min(maxUnavailable, replicas);
  const percent = Number.parseInt(maxUnavailable, 10);
  return Number.isNaN(percent) ? replicas : Math.floor((replicas * percent) / 100);
}
