import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../object.ts";
import { end } from "./garbage.ts";
import type { Loop } from "./loop.ts";
import { leastMissedFirst, newPod, podsOf } from "./offspring.ts";
import { present } from "./report.ts";
import { isEnding, isReady, type ReplicaSet } from "./workload.ts";

/** As many pods as it wants, and how many of them are ready. */
export function reconcileReplicaSet(object: KubeObject, { store }: Loop): void {
  const set = object as ReplicaSet;
  const pods = podsOf(set, store).filter((pod) => !isEnding(pod));
  if (!isEnding(set)) {
    const missing = set.spec.replicas - pods.length;
    for (let i = 0; i < missing; i++) store.put(newPod(set, set.spec.template));
    for (const pod of leastMissedFirst(pods).slice(0, Math.max(0, -missing))) end(store, pod);
  }
  const left = podsOf(set, store).filter((pod) => !isEnding(pod));
  const ready = left.filter(isReady).length;
  const counts = { fullyLabeledReplicas: left.length, readyReplicas: ready, availableReplicas: ready };
  const observedGeneration = set.metadata.generation ?? 1;
  const status: ReplicaSet["status"] = { replicas: left.length, ...present(counts), observedGeneration };
  if (!isDeepStrictEqual(status, set.status)) store.put({ ...set, status });
}
