import { seededChance } from "./chance.ts";

/** What people do with a request once it is before them. */
export type Course =
  /** Both of a pair approve at once. */
  | "approved"
  /** The same, while a third denies it. */
  | "raced by a denial"
  /** The same, while the requester takes it back. */
  | "raced by a cancellation"
  | "denied"
  /** Nobody approves it; a thief helps it along. See {@link Theft}. */
  | "stolen";

/** How somebody who may write into Redis tries to have something run. */
export type Theft =
  /** A job for a request that nobody approved. */
  | "forged job"
  /** An approval written into its record. */
  | "forged approval"
  /** A grant under a key of the thief's own. */
  | "forged grant"
  /** The honest grant of another request, under a new id. */
  | "copied record";

/** One request of a run, before it is asked. */
export interface Errand {
  /** From 1; stands in its reason. */
  readonly number: number;
  /** When it is asked, in ms from the start. */
  readonly at: number;
  readonly kind: "get" | "rollout-restart" | "scale" | "delete-pod";
  /** Which workload, from 0. */
  readonly target: number;
  /** Which pair is asked to approve, from 0. */
  readonly pair: number;
  readonly course: Course;
  readonly theft?: Theft;
}

export interface Extent {
  readonly seconds: number;
  readonly requests: number;
  readonly targets: number;
  readonly pairs: number;
}

const thefts: readonly Theft[] = ["forged job", "forged approval", "forged grant", "copied record"];
/** Nothing is asked in the last part of a run that could not be finished under faults. */
const busyPart = 0.92;

/** All errands of a run, evenly over its time; the same for the same seed. */
export function errandsOf(seed: number, { seconds, requests, targets, pairs }: Extent): readonly Errand[] {
  const chance = seededChance(seed, "errands");
  const gap = (seconds * 1_000 * busyPart) / requests;
  let changes = 0;
  let target = chance.below(targets);
  return Array.from({ length: requests }, (_, i): Errand => {
    const number = i + 1;
    const at = Math.round((i + chance.next()) * gap);
    // Now and then two in a row want the same object: one of them must find it changed.
    if (!chance.happens(0.08)) target = (target + 1) % targets;
    const pair = number % pairs;
    if (chance.happens(0.18)) return { number, at, kind: "get", target, pair, course: "approved" };
    changes += 1;
    const lot = chance.next();
    const kind = lot < 0.45 ? "rollout-restart" : lot < 0.85 ? "scale" : "delete-pod";
    const theft = thefts[Math.floor(changes / 16) % thefts.length];
    const errand = { number, at, kind, target, pair } as const;
    if (changes % 16 === 8 && theft) return { ...errand, course: "stolen", theft };
    return { ...errand, course: courseOf(changes) };
  });
}

/** Every tenth is raced, and a few are simply refused. */
function courseOf(changes: number): Course {
  if (changes % 20 === 5) return "raced by a denial";
  if (changes % 20 === 15) return "raced by a cancellation";
  return changes % 25 === 12 ? "denied" : "approved";
}
