import type { Presence } from "../../src/ports.ts";
import type { FakeClock } from "./clock.ts";

export interface FakePresence extends Presence {
  /** Lets the workers of this cluster be gone. */
  leave(cluster: string): void;
}

/** Remembers in memory who serves what, and until when; `always` are served by themselves. */
export function fakePresence(clock: FakeClock, always: readonly string[] = []): FakePresence {
  const until = new Map(always.map((cluster) => [cluster, Number.POSITIVE_INFINITY]));
  return {
    async serve(clusters, forMs) {
      for (const cluster of clusters) until.set(cluster, clock.now() + forMs);
    },
    served: async (cluster) => (until.get(cluster) ?? 0) > clock.now(),
    leave: (cluster) => void until.delete(cluster),
  } satisfies FakePresence;
}
