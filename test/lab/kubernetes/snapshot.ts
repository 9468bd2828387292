import { podsOf } from "./controllers/offspring.ts";
import { revisionHashLabel, revisionsOf } from "./controllers/revisions.ts";
import {
  type DaemonSet,
  type Deployment,
  isEnding,
  isFinished,
  isReady,
  ownedBy,
  type Pod,
  type ReplicaSet,
  revisionOf,
  type StatefulSet,
  type Template,
} from "./controllers/workload.ts";
import type { KubeObject } from "./object.ts";
import type { Store } from "./store.ts";

/** A workload and its pods, for people to look at. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  readonly restartedAt?: string;
  readonly pods: readonly WorkloadPod[];
}

interface WorkloadPod {
  readonly name: string;
  readonly phase: "Pending" | "Running" | "Terminating";
  readonly ready: boolean;
  readonly revision: string;
}

/** Deployments, then StatefulSets, then DaemonSets. */
export function snapshotOf(store: Store): readonly Workload[] {
  return [
    ...store.ofKind<Deployment>("Deployment").map((deployment) => {
      const sets = ownedBy(deployment, store.ofKind<ReplicaSet>("ReplicaSet", deployment.metadata.namespace));
      const pods = sets.flatMap((set) => podsOf(set, store).flatMap((pod) => shown(pod, String(revisionOf(set)))));
      return workload(deployment, deployment.spec.template, deployment.spec.replicas, pods);
    }),
    ...store
      .ofKind<StatefulSet>("StatefulSet")
      .map((set) => workload(set, set.spec.template, set.spec.replicas, revised(store, set))),
    ...store
      .ofKind<DaemonSet>("DaemonSet")
      .map((set) => workload(set, set.spec.template, set.status.desiredNumberScheduled, revised(store, set))),
  ];
}

function workload(
  { metadata }: KubeObject,
  template: Template,
  replicas: number,
  pods: readonly WorkloadPod[],
): Workload {
  const { name, namespace = "" } = metadata;
  const restartedAt = template.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
  const ready = pods.filter((pod) => pod.ready).length;
  return { namespace, name, replicas, ready, ...(restartedAt ? { restartedAt } : {}), pods };
}

/** The pods of a workload whose templates are kept as ControllerRevisions. */
function revised(store: Store, owner: KubeObject): readonly WorkloadPod[] {
  const revisions = revisionsOf(store, owner);
  return podsOf(owner, store).flatMap((pod) => {
    const label = pod.metadata.labels?.[revisionHashLabel] ?? "";
    const found = revisions.find(({ metadata }) => metadata.name === label || metadata.name.endsWith(`-${label}`));
    return shown(pod, String(found?.revision ?? ""));
  });
}

function shown(pod: Pod, revision: string): readonly WorkloadPod[] {
  if (isFinished(pod)) return [];
  const phase = isEnding(pod) ? "Terminating" : pod.status.phase === "Running" ? "Running" : "Pending";
  return [{ name: pod.metadata.name, phase, ready: isReady(pod), revision }];
}
