import type { Call, Fate } from "../lab/kubernetes/faults.ts";
import type { KubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { Chance } from "./chance.ts";
import { callOn, type Others } from "./others.ts";

/** The calls of the product that were to change something while the weather was rough, by what became of them. */
export interface Tally {
  calls: number;
  lostBefore: number;
  lostAfter: number;
  refused: number;
  slow: number;
}

/** What becomes of calls on their way to the API server. */
export interface Weather {
  readonly tally: Readonly<Tally>;
  /** Whether calls come to harm; at first all pass. */
  rough: boolean;
}

/** Shares of the calls that are to change something; reads are only late or refused. */
const shares = { before: 0.1, after: 0.1, conflict: 0.02, busy: 0.02, broken: 0.02, slow: 0.08 } as const;
const slowMs = [100, 1_500] as const;
/** How often somebody else wants back what our lost call changed. */
const undoing = 0.7;
/** How often somebody else changes an object while our call for it is on its way. */
const overtaking = 0.2;
/** A call that somebody else is to overtake waits so long for them, in ms: until a pod has its successor. */
const waitMs = { patch: 100, eviction: 600 } as const;

/** Decides on every call of the product from now on. */
export function makeWeather(double: KubernetesDouble, others: Others, chance: Chance): Weather {
  const tally: Tally = { calls: 0, lostBefore: 0, lostAfter: 0, refused: 0, slow: 0 };
  const weather = { tally, rough: false };

  double.faults.judge((call) => {
    if (!weather.rough || !call.userAgent.startsWith("countersign/")) return {};
    const url = new URL(call.path, double.server);
    if (url.searchParams.has("watch")) return {};
    const changes = call.method !== "GET" && !url.searchParams.has("dryRun");
    const fate = fateOf(chance, call, changes);
    if (changes) count(tally, fate);
    const on = changes ? callOn(url.pathname) : undefined;
    if (!on || fate.answer !== undefined || fate.drop === "before-effect") return fate;
    const delayMs = (ms: number) => ({ ...fate, delayMs: Math.max(fate.delayMs ?? 0, ms) });
    // Whoever is at an object comes before the next call on it, however soon that is sent.
    if (others.areAt(on)) return delayMs(waitMs[on.by]);
    if (fate.drop === "after-effect") {
      if (on.by === "patch" && chance.happens(undoing)) others.undo(on, (fate.delayMs ?? 0) + 1);
    } else if (chance.happens(overtaking)) {
      others.overtake(on);
      return delayMs(waitMs[on.by]);
    }
    return fate;
  });
  return weather;
}

function fateOf(chance: Chance, { method }: Call, changes: boolean): Fate {
  const { before, after, conflict, busy, broken, slow } = shares;
  const late = chance.happens(slow) ? { delayMs: Math.round(chance.between(...slowMs)) } : {};
  // A 409 that nobody meant says something else of what is created or deleted: only a patch is told so.
  const fates: readonly (readonly [share: number, fate: Fate])[] = [
    [changes ? before : 0, { drop: "before-effect" }],
    [changes ? after : 0, { drop: "after-effect" }],
    [changes && method === "PATCH" ? conflict : 0, { answer: 409 }],
    [busy, { answer: 429 }],
    [broken / 2, { answer: 500 }],
    [broken / 2, { answer: 503 }],
  ];
  let left = chance.next();
  for (const [share, fate] of fates) {
    left -= share;
    if (left < 0) return { ...fate, ...late };
  }
  return late;
}

function count(tally: Tally, { drop, answer, delayMs }: Fate): void {
  tally.calls += 1;
  if (drop === "before-effect") tally.lostBefore += 1;
  if (drop === "after-effect") tally.lostAfter += 1;
  if (answer !== undefined) tally.refused += 1;
  if (delayMs !== undefined) tally.slow += 1;
}
