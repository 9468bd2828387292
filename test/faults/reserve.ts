import { freemem } from "node:os";
import type { Lab, Spare } from "../lab/lab.ts";

/** Workers that are loaded and wait: whoever is killed is replaced at once, and not when a second of loading is over. */
export interface Reserve {
  /** The next one; undefined when there is none, and one must be started from nothing. */
  take(): Promise<Spare | undefined>;
  close(): Promise<void>;
}

/** What a loaded worker holds of memory, in bytes, and the share of what is free that a reserve may hold. */
const [workerBytes, share] = [150 * 2 ** 20, 0.4];
/** A reserve holds no more than these: of a longer run, the others are loaded while it goes on. */
const most = 64;
/** So many load at once: more take no less time on two cores. */
const atOnce = 3;

/** Has `wanted` workers loaded over a run, as many of them before it as there is room for; resolves when those wait. */
export async function callUpReserve(lab: Lab, wanted: number): Promise<Reserve> {
  const waiting: Spare[] = [];
  const loading = new Set<Promise<void>>();
  const room = Math.max(1, Math.min(most, Math.floor((freemem() * share) / workerBytes)));
  let [called, closed] = [0, false];

  /** Has more loaded until the reserve is full, or all were called that are wanted. */
  function fill(): void {
    while (!closed && called < wanted && loading.size < atOnce && waiting.length + loading.size < room) {
      called += 1;
      const loaded = lab.prepare().then(
        (spare) => {
          loading.delete(loaded);
          if (closed) spare.dismiss();
          else waiting.push(spare);
          fill();
        },
        // Whoever needs it starts one from nothing.
        () => void loading.delete(loaded),
      );
      loading.add(loaded);
    }
  }

  fill();
  while (loading.size > 0) await Promise.all(loading);
  return {
    async take() {
      while (waiting.length === 0 && loading.size > 0) await Promise.race(loading);
      const spare = waiting.shift();
      fill();
      return spare;
    },
    async close() {
      closed = true;
      for (const spare of waiting) spare.dismiss();
      await Promise.all(loading);
    },
  };
}
