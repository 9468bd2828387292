import type { Deployment } from "./workload.ts";

/** One ReplicaSet as the arithmetic of a rollout sees it. */
export interface Size {
  readonly wanted: number;
  readonly available: number;
  /** Pods that still exist, ended ones not counted. */
  readonly existing: number;
}

export interface Sizes {
  readonly fresh: number;
  readonly old: readonly number[];
}

/**
 * The next step of a rollout, approximately as the Deployment controller takes it: first the new set grows as far as
 * `maxSurge` lets it, then old ones shrink as far as `maxUnavailable` lets them.
 */
export function nextSizes(spec: Deployment["spec"], fresh: Size, old: readonly Size[]): Sizes {
  const desired = spec.replicas;
  const oldWanted = old.map(({ wanted }) => wanted);
  if (spec.strategy.type === "Recreate") {
    const gone = old.every(({ existing }) => existing === 0);
    return { fresh: gone ? desired : fresh.wanted, old: old.map(() => 0) };
  }
  const { surge, unavailable } = bounds(spec);
  const total = fresh.wanted + sum(oldWanted);
  const room = Math.max(0, desired + surge - total);
  const grown = fresh.wanted > desired ? desired : Math.min(desired, fresh.wanted + room);
  if (grown !== fresh.wanted) return { fresh: grown, old: oldWanted };

  const leastAvailable = desired - unavailable;
  const freshMissing = fresh.wanted - fresh.available;
  const removable = total - leastAvailable - freshMissing;
  if (removable <= 0) return { fresh: fresh.wanted, old: oldWanted };
  // Pods that serve nobody go first; of the others only as many as may be missing.
  let unhealthy = Math.min(removable, sum(old.map(({ wanted, available }) => wanted - available)));
  let healthy = Math.max(0, fresh.available + sum(old.map(({ available }) => available)) - leastAvailable);
  const shrunk = old.map(({ wanted, available }) => {
    const broken = Math.min(unhealthy, Math.max(0, wanted - available));
    const working = Math.min(healthy, wanted - broken, available);
    unhealthy -= broken;
    healthy -= working;
    return wanted - broken - working;
  });
  return { fresh: fresh.wanted, old: shrunk };
}

/** While paused nothing moves from set to set; a single set still follows the scale, two are left as they are. */
export function pausedSizes({ replicas }: Deployment["spec"], fresh: Size, old: readonly Size[]): Sizes {
  const active = [fresh, ...old].filter(({ wanted }) => wanted > 0);
  const [only = fresh] = active;
  // A new set that is whole needs the others no more.
  if (fresh.wanted === replicas && fresh.available === replicas) return { fresh: replicas, old: old.map(() => 0) };
  const sizeOf = (set: Size) => (active.length <= 1 && set === only ? replicas : set.wanted);
  return { fresh: sizeOf(fresh), old: old.map(sizeOf) };
}

/** Percentages: surge is rounded up, what may be missing down; both 0 would never move. */
export function bounds({ replicas, strategy }: Deployment["spec"]): {
  readonly surge: number;
  readonly unavailable: number;
} {
  if (strategy.type === "Recreate") return { surge: 0, unavailable: replicas };
  const { maxSurge = "25%", maxUnavailable = "25%" } = strategy.rollingUpdate ?? {};
  const surge = resolveBound(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(replicas, resolveBound(maxUnavailable, replicas, Math.floor));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** A number, or a percentage of `total`, as it stands in a strategy or a budget. */
export function resolveBound(bound: number | string, total: number, round: (value: number) => number): number {
  return typeof bound === "number" ? bound : round((total * Number.parseInt(bound, 10)) / 100);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
