import { seededChance } from "./chance.ts";

/** What befalls the processes and their Redis. `pick` chooses among those that serve at that moment. */
export type Misfortune = { readonly at: number } & (
  | { readonly kind: "kill-worker" | "kill-web"; readonly pick: number }
  | { readonly kind: "freeze-worker"; readonly pick: number; readonly forMs: number }
  | { readonly kind: "kill-redis"; readonly downMs: number }
  /** `keep`: how much survives of what Redis wrote and acknowledged to nobody, 0 to 1. */
  | { readonly kind: "power-cut"; readonly downMs: number; readonly keep: number }
);

/** How often each comes, a minute: somewhat more than is asked of a run. */
const perMinute = { "kill-worker": 72, "freeze-worker": 44, redis: 12, "kill-web": 4 } as const;

/** Every misfortune of a run in the order of its time, in ms from the start; the same for the same seed. */
export function scheduleOf(seed: number, seconds: number, leaseMs: number): readonly Misfortune[] {
  const span = seconds * 1_000;
  const spread = (about: keyof typeof perMinute, make: (at: number, chance: Chances, i: number) => Misfortune) => {
    const chance = seededChance(seed, about);
    const count = Math.round((perMinute[about] * seconds) / 60);
    const gap = span / count;
    return Array.from({ length: count }, (_, i) => make(Math.round((i + chance.between(0.1, 0.9)) * gap), chance, i));
  };
  return [
    ...spread("kill-worker", (at, chance) => ({ at, kind: "kill-worker", pick: chance.next() })),
    ...spread("freeze-worker", (at, chance) => ({
      at,
      kind: "freeze-worker",
      pick: chance.next(),
      // Past the lease for certain, so that somebody else has taken over when it wakes up.
      forMs: Math.round(leaseMs + chance.between(150, 900)),
    })),
    ...spread("redis", (at, chance, i) => {
      const downMs = Math.round(chance.between(50, 400));
      return i % 2 === 0 ? { at, kind: "power-cut", downMs, keep: chance.next() } : { at, kind: "kill-redis", downMs };
    }),
    ...spread("kill-web", (at, chance) => ({ at, kind: "kill-web", pick: chance.next() })),
  ].sort((a, b) => a.at - b.at);
}

type Chances = ReturnType<typeof seededChance>;
