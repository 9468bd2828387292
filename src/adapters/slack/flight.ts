import { orLate } from "./answer.ts";

/** Counts what is under way, so that a stop can wait for it: the library's own does not (facts/slack.md section 2). */
export interface Flight {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** When everything has landed, or after so many ms. */
  landed(patience: number): Promise<void>;
}

export function createFlight(): Flight {
  const flying = new Set<Promise<unknown>>();
  return {
    async run(work) {
      const flight = work();
      flying.add(flight);
      try {
        return await flight;
      } finally {
        flying.delete(flight);
      }
    },
    async landed(patience) {
      await orLate(Promise.allSettled([...flying]), patience);
    },
  };
}
