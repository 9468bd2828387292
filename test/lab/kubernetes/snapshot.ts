import type { Store } from "./store.ts";
import { type Deployment, isReady, ownedBy, type Pod, type ReplicaSet, revisionOf } from "./workload.ts";

/** A Deployment and its pods, for people to look at. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  readonly restartedAt?: string;
  readonly pods: readonly {
    readonly name: string;
    readonly phase: "Pending" | "Running" | "Terminating";
    readonly ready: boolean;
    readonly revision: string;
  }[];
}

export function snapshotOf(store: Store): readonly Workload[] {
  return store.ofKind<Deployment>("Deployment").map((deployment) => {
    const { name, namespace = "" } = deployment.metadata;
    const sets = ownedBy(deployment, store.ofKind<ReplicaSet>("ReplicaSet", namespace));
    const pods = sets.flatMap((set) =>
      ownedBy(set, store.ofKind<Pod>("Pod", namespace)).map((pod) => ({
        name: pod.metadata.name,
        phase: pod.metadata.deletionTimestamp ? ("Terminating" as const) : pod.status.phase,
        ready: isReady(pod),
        revision: String(revisionOf(set)),
      })),
    );
    const restartedAt = deployment.spec.template.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
    return {
      namespace,
      name,
      replicas: deployment.spec.replicas,
      ready: pods.filter((pod) => pod.ready).length,
      ...(restartedAt ? { restartedAt } : {}),
      pods,
    };
  });
}
