import { type KubernetesDouble, startKubernetesDouble } from "../kubernetes/kubernetes-double.ts";
import { demoWorld } from "../kubernetes/seed.ts";
import type { ClusterWorkload } from "../page/lab-page.ts";
import { prepareCluster, type WorkerAccess } from "../worker-access.ts";

/** The cluster behind a demo, as its page and its stories look at it. */
export interface DemoCluster {
  readonly access: WorkerAccess;
  workloads(): Promise<readonly ClusterWorkload[]>;
  /** Calls back after changes; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  /** How often a workload's spec was changed since the start, by the cluster's own account. */
  executions(): Promise<number>;
  close(): Promise<void>;
}

/** The in-memory API server, whose pods take their time so that one can watch. */
export async function startDoubleCluster(options: { readonly rolloutMs: number }): Promise<DemoCluster> {
  const listeners = new Set<() => void>();
  const double = await startKubernetesDouble({
    rolloutMs: options.rolloutMs,
    metrics: true,
    seed: demoWorld,
    onChange: () => {
      for (const listener of listeners) listener();
    },
  });
  return {
    access: await prepareCluster(double),
    workloads: async () => double.snapshot(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    executions: async () => executionsIn(double),
    close: () => double.close(),
  };
}

/** What the operations' accounts changed. */
export function executionsIn(double: KubernetesDouble): number {
  const ours = /^system:serviceaccount:countersign-operations:countersign-/;
  return double.history.filter(({ user, changed }) => changed && ours.test(user)).length;
}
