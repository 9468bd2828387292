import type { On } from "./event.ts";
import type { HeldUp } from "./held-up.ts";
import type { Granted, Planning } from "./request.ts";

// Between tries, in ms: as long again as it has been held up already, within these bounds.
const shortest = 2_000;
const longest = 30_000;

/** The request, held up: since when, for what, and when it is tried again. The same reason goes on counting. */
export function holdBack<T extends Planning | Granted>(request: T, { why }: On<"held-up">, now: number): T {
  return { ...request, heldUp: heldUpNow(request.heldUp, why, now) };
}

export function heldUpNow(before: HeldUp | undefined, why: string, now: number): HeldUp {
  const since = before?.why === why ? before.since : now;
  const next = now + Math.min(longest, Math.max(shortest, now - since));
  return { since, why, next };
}
