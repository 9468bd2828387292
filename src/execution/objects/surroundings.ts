import type { LiveView } from "../../operation/plan.ts";
import type { Target } from "../../operation/target.ts";
import type { KubeObject, Session } from "../../ports/cluster.ts";
import { budgetsOver, listed } from "./budgets.ts";
import { number, record, text, texts } from "./fields.ts";
import type { Workload } from "./workload.ts";

/** What was seen around a workload when it was read. */
export async function liveViewOf(
  reader: Session,
  target: Target,
  workload: Workload,
  readAt: number,
): Promise<LiveView> {
  const { resourceVersion, generation, replicas, status, conditions } = workload;
  // When the workload last changed, as its own Progressing condition says.
  const lastChange = conditions.find((condition) => condition.type === "Progressing")?.lastUpdateTime;
  const warnings = await warningsAround(reader, target, workload);
  return {
    readAt,
    resourceVersion,
    generation,
    ready: status.ready,
    total: replicas,
    ...(lastChange ? { lastChange } : {}),
    warnings,
  };
}

/** What would surprise the people who approve: each one sentence. */
async function warningsAround(reader: Session, target: Target, workload: Workload): Promise<readonly string[]> {
  const [autoscalers, budgets] = await Promise.all([
    listed(reader, {
      group: "autoscaling",
      version: "v2",
      resource: "horizontalpodautoscalers",
      namespace: target.namespace,
    }),
    budgetsOver(
      reader,
      target.namespace,
      texts(record(record(workload.template)["metadata"])["labels"]),
      "a rollout does not wait for it",
    ),
  ]);
  return [...managedElsewhere(workload), ...underAutoscaler(autoscalers, target), ...budgets, ...notWell(workload)];
}

function underAutoscaler(autoscalers: readonly KubeObject[] | "unknown", target: Target): readonly string[] {
  if (autoscalers === "unknown")
    return ["Unknown: whether an autoscaler controls the replicas; the reader may not list them."];
  return autoscalers
    .filter((object) => scales(object, target))
    .map((object) => {
      const spec = record(object["spec"]);
      const bounds = `${number(spec["minReplicas"], 1)} to ${number(spec["maxReplicas"])}`;
      return `The autoscaler ${text(record(object["metadata"])["name"])} keeps it at ${bounds} replicas and will undo a scale outside of that.`;
    });
}

/** Whether this autoscaler is over the target. */
export function scales(autoscaler: KubeObject, { kind, name }: Target): boolean {
  const scaled = record(record(autoscaler["spec"])["scaleTargetRef"]);
  return scaled["kind"] === kind && scaled["name"] === name;
}

const gitOps = [
  ["argocd.argoproj.io/instance", "Argo CD"],
  ["argocd.argoproj.io/tracking-id", "Argo CD"],
  ["kustomize.toolkit.fluxcd.io/name", "Flux"],
  ["helm.toolkit.fluxcd.io/name", "Flux"],
] as const;

/** Who else writes this object, by the marks they leave on it, and may revert the change. */
export function managedElsewhere({ labels, annotations }: Pick<Workload, "labels" | "annotations">): readonly string[] {
  const managers = gitOps
    .filter(([key]) => Object.hasOwn(labels, key) || Object.hasOwn(annotations, key))
    .map(([, name]) => name);
  return [...new Set(managers)].map((name) => `${name} manages this object and may revert the change.`);
}

function notWell({ replicas, status }: Workload): readonly string[] {
  return status.ready < replicas ? [`Only ${status.ready} of ${replicas} pods are ready now.`] : [];
}
