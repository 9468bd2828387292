import { isDeepStrictEqual } from "node:util";
import { fieldsOf, type KubeObject } from "./object.ts";
import { selects } from "./selectors.ts";
import type { Store } from "./store.ts";
import { isReady, type Pod } from "./workload.ts";

/** Recounts the budgets that this pod or budget touches. Expected are the pods that exist, where a real one asks their owners. */
export function updateBudgets(store: Store, changed: KubeObject): void {
  const { namespace } = changed.metadata;
  for (const budget of store.ofKind("PodDisruptionBudget", namespace)) {
    const spec = fieldsOf(budget["spec"]);
    const isCovered = ({ metadata }: KubeObject) => selects(spec["selector"], metadata.labels ?? {});
    if (changed.kind === "Pod" && !isCovered(changed)) continue;
    const pods = store.ofKind<Pod>("Pod", namespace).filter((pod) => isCovered(pod) && !pod.metadata.deletionTimestamp);
    const currentHealthy = pods.filter(isReady).length;
    const desiredHealthy = needed(spec, pods.length);
    const status = {
      observedGeneration: budget.metadata.generation ?? 1,
      disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
      currentHealthy,
      desiredHealthy,
      expectedPods: pods.length,
    };
    if (!isDeepStrictEqual(status, budget["status"])) store.put({ ...budget, status });
  }
}

/** Percentages are rounded up. */
function needed({ minAvailable, maxUnavailable }: Record<string, unknown>, expected: number): number {
  const resolve = (bound: unknown) =>
    typeof bound === "number" ? bound : Math.ceil((expected * Number.parseInt(String(bound), 10)) / 100);
  if (minAvailable !== undefined) return resolve(minAvailable);
  return Math.max(0, expected - (maxUnavailable === undefined ? 1 : resolve(maxUnavailable)));
}
