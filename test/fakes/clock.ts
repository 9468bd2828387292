/** A clock that stands still until it is told to go on. */
export interface FakeClock {
  now(): number;
  pass(ms: number): void;
}

/** 2026-11-24 12:00:00 UTC, in ms since 1970. */
export const noon = 1_795_521_600_000;

export function fakeClock(start: number = noon): FakeClock {
  let now = start;
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}
