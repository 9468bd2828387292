import { Api } from "./api.ts";
import { bootstrapObjects } from "./bootstrap.ts";
import { Controllers } from "./controllers/controllers.ts";
import type { Pod } from "./controllers/workload.ts";
import type { Effect } from "./effect.ts";
import { type Faults, RequestFaults } from "./faults.ts";
import { Kubelet } from "./kubelet.ts";
import { Logs } from "./logs.ts";
import type { Draft } from "./object.ts";
import { Objects } from "./objects.ts";
import type { ClusterPeer } from "./peer.ts";
import { resourceOfKind } from "./resources.ts";
import { authority, type Escape, listen } from "./server.ts";
import { snapshotOf, type Workload } from "./snapshot.ts";
import { Store } from "./store.ts";
import { Tokens } from "./tokens.ts";

export interface KubernetesDoubleOptions {
  /** Until a pod is ready; 400 ms when absent. */
  readonly rolloutMs?: number;
  /** For so long a token that passed is not looked at again; 10,000 ms when absent, as on a real server. */
  readonly revocationLagMs?: number;
  /** Whether metrics.k8s.io is served, as by a metrics-server; not when absent. */
  readonly metrics?: boolean;
  /** Created in this order; workloads are ready from the start. */
  readonly seed?: readonly Draft[];
  /** Called after each change of any object. */
  readonly onChange?: () => void;
}

/** A mutating request that was carried out, whether or not its answer got through; no rehearsals, no refusals. */
export interface HistoryEntry extends Effect {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: string;
  readonly auditId: string;
}

/** A container of a pod; the first one when none is named. */
export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  readonly container?: string;
}

/** A small Kubernetes API server in memory, with what this product and its tests ask of one. */
export interface KubernetesDouble extends ClusterPeer {
  readonly history: readonly HistoryEntry[];
  /** All that arrived, `GET /api/v1/pods?limit=1`. */
  readonly requests: readonly string[];
  /** Attempts to delete a namespace or everything of a kind. Refused, and written to stderr too. */
  readonly escapes: readonly Escape[];
  readonly faults: Faults;
  /** Adds a line to the log of a container, at that time in milliseconds since 1970; now when absent. */
  say(pod: PodPlace, line: string, at?: number): void;
  /** All workloads with their pods. */
  snapshot(): readonly Workload[];
}

export async function startKubernetesDouble(options: KubernetesDoubleOptions = {}): Promise<KubernetesDouble> {
  const { rolloutMs = 400, revocationLagMs = 10_000, metrics = false, seed = [], onChange } = options;
  const store = new Store();
  const tokens = new Tokens(store, revocationLagMs);
  const logs = new Logs();
  const objects = new Objects(store);
  const api = new Api({ store, objects, tokens, logs, metrics });
  const kubelet = new Kubelet(store, logs, rolloutMs);
  const controllers = new Controllers(store);

  const intent = { manager: "seed", dryRun: false, fieldValidation: "Strict" } as const;
  kubelet.atOnce(() => {
    for (const draft of [...bootstrapObjects, ...seed])
      objects.create(resourceOfKind(draft.kind), draft.metadata.namespace ?? "", draft, intent);
    controllers.settle();
  });
  if (onChange) store.onEvent(onChange);

  const history: HistoryEntry[] = [];
  const requests: string[] = [];
  const escapes: Escape[] = [];
  const faults = new RequestFaults();
  const listening = await listen(api, store, tokens, faults, {
    requested: (method, path) => requests.push(`${method} ${path}`),
    escaped(attempt) {
      escapes.push(attempt);
      console.error(`ESCAPE: ${attempt.method} ${attempt.path} reached the Kubernetes double`);
    },
    took: (effect, user, auditId) => history.push({ at: Date.now(), user, auditId, ...effect }),
  });

  return {
    server: `https://127.0.0.1:${listening.port}`,
    ca: authority,
    adminToken: tokens.adminToken,
    history,
    requests,
    escapes,
    faults: {
      drop: (cut, path, times = 1) => faults.add(cut, path, times),
      answer: (status, path, times = 1) => faults.add("answer", path, times, status),
      delay: (ms, path, times = 1) => faults.add("delay", path, times, ms),
      judge: (decide) => faults.judge(decide),
      cutWatches: () => listening.cutWatches(),
      compact: () => store.compact(),
      stallPods: (stalled) => kubelet.stall(stalled),
      clear() {
        faults.clear();
        kubelet.stall(false);
      },
    },
    say({ namespace, name, container }, line, at = Date.now()) {
      const pod = store.demand(resourceOfKind("Pod"), namespace, name) as Pod;
      logs.write(pod, container ?? pod.spec.containers[0]?.name ?? "", line, at);
    },
    snapshot: () => snapshotOf(store),
    async close() {
      controllers.close();
      kubelet.close();
      await listening.close();
    },
  };
}
