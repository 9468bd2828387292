import { isDeepStrictEqual } from "node:util";
import { type Fields, fieldsOf, type KubeObject, timestamp } from "../object.ts";
import { resourceOfKind } from "../resources.ts";
import { selects } from "../selectors.ts";
import type { Store } from "../store.ts";
import type { Loop } from "./loop.ts";
import { resolveBound } from "./rollout.ts";
import { controllerOf, isEnding, isFinished, isReady, type Pod } from "./workload.ts";

/** An eviction that was let through and whose pod still stands counts so long as a pod less (policy/v1). */
const disruptionMs = 2 * 60_000;

export interface Budget extends KubeObject {
  spec: {
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly selector?: unknown;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  status: {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly expectedPods: number;
    /** By name of the pod: when its eviction was let through. */
    readonly disruptedPods?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Fields[];
  };
}

export function covers({ metadata, spec }: Budget, pod: Pod): boolean {
  return metadata.namespace === pod.metadata.namespace && selects(spec.selector, pod.metadata.labels ?? {});
}

/** Recounts a budget: how many of the pods it covers may be missing now. */
export function reconcileBudget(object: KubeObject, { store, lookAgain }: Loop): void {
  const budget = object as Budget;
  const now = Date.now();
  const covered = store.ofKind<Pod>("Pod", budget.metadata.namespace).filter((pod) => covers(budget, pod));
  const pods = covered.filter((pod) => !isFinished(pod));
  const disrupted = Object.entries(budget.status.disruptedPods ?? {}).filter(
    ([name, at]) =>
      Date.parse(at) + disruptionMs > now && pods.some((pod) => pod.metadata.name === name && !isEnding(pod)),
  );
  const isDisrupted = ({ metadata }: Pod) => disrupted.some(([name]) => name === metadata.name);
  const currentHealthy = pods.filter((pod) => isReady(pod) && !isDisrupted(pod)).length;
  const { expectedPods, desiredHealthy } = wanted(store, budget, pods);
  const disruptionsAllowed = Math.max(0, expectedPods > 0 ? currentHealthy - desiredHealthy : 0);
  const observedGeneration = budget.metadata.generation ?? 1;
  const status = {
    observedGeneration,
    ...(disrupted.length > 0 ? { disruptedPods: Object.fromEntries(disrupted) } : {}),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: [conditionOf(budget, disruptionsAllowed > 0, observedGeneration, now)],
  };
  if (!isDeepStrictEqual(status, budget.status)) store.put({ ...budget, status });
  const [first] = disrupted.map(([, at]) => Date.parse(at)).sort((a, b) => a - b);
  if (first !== undefined) lookAgain(budget, first + disruptionMs);
}

/** Percentages of what the owners of the pods want, rounded up. */
function wanted(
  store: Store,
  { spec: { minAvailable, maxUnavailable } }: Budget,
  pods: readonly Pod[],
): { readonly expectedPods: number; readonly desiredHealthy: number } {
  const expectedPods = scaleOf(store, pods);
  const resolve = (bound: number | string) => resolveBound(bound, expectedPods, Math.ceil);
  if (minAvailable !== undefined) return { expectedPods, desiredHealthy: resolve(minAvailable) };
  return { expectedPods, desiredHealthy: Math.max(0, expectedPods - resolve(maxUnavailable ?? 1)) };
}

/** What the topmost owners of these pods want together; a pod of nobody counts for itself, unlike on a real server. */
function scaleOf(store: Store, pods: readonly Pod[]): number {
  const owners = new Map(pods.map((pod) => topOf(store, pod)).map((owner) => [owner.metadata.uid, owner]));
  const sizes = [...owners.values()].map(({ spec }) => Number(fieldsOf(spec)["replicas"] ?? 1));
  return sizes.reduce((total, size) => total + size, 0);
}

function topOf(store: Store, object: KubeObject): KubeObject {
  const owner = controllerOf(object);
  if (!owner) return object;
  const found = store.find(resourceOfKind(owner.kind), object.metadata.namespace ?? "", owner.name);
  return found ? topOf(store, found) : object;
}

function conditionOf({ status }: Budget, allowed: boolean, observedGeneration: number, now: number): Fields {
  const before = status.conditions?.[0];
  const says = allowed ? "True" : "False";
  return {
    type: "DisruptionAllowed",
    status: says,
    observedGeneration,
    lastTransitionTime: before?.["status"] === says ? before["lastTransitionTime"] : timestamp(now),
    reason: allowed ? "SufficientPods" : "InsufficientPods",
    message: "",
  };
}
