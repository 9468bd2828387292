import { setTimeout as sleep } from "node:timers/promises";
import type { Herd } from "./herd.ts";
import type { RedisLine } from "./redis-line.ts";
import type { Misfortune } from "./schedule.ts";

/** What was really done, counted as it was done. */
export interface Toll {
  /** SIGKILLs of workers that were serving. */
  kills: number;
  /** SIGSTOPs of serving workers past their lease, who then woke up. */
  freezes: number;
  webKills: number;
  redisKills: number;
  powerCuts: number;
  /** What power cuts took of the log, in bytes. */
  bytesLost: number;
  /** Misfortunes that found too few to befall until the run was over, on a machine too slow to start others in time. */
  missed: number;
}

export interface Victims {
  readonly workers: Herd;
  readonly webs: Herd;
  readonly redis: RedisLine;
  /** With a Redis that flushes late: how much acknowledged time a power cut takes, in ms. */
  readonly forgetMs: number;
}

/** How often it is looked whether there is again somebody to befall, in ms. */
const lookMs = 20;

/**
 * Lets everything of the schedule happen at its time, or as soon after it as there is somebody to befall, and resolves
 * when the last is over. Nothing begins after `seconds`.
 */
export async function unleash(schedule: readonly Misfortune[], victims: Victims, seconds: number): Promise<Toll> {
  const toll: Toll = { kills: 0, freezes: 0, webKills: 0, redisKills: 0, powerCuts: 0, bytesLost: 0, missed: 0 };
  const begun = performance.now();
  const under: Promise<void>[] = [];
  let redisDown = false;

  /** Whether it became possible before the run was over. */
  async function possible(now: () => boolean): Promise<boolean> {
    while (!now()) {
      if (performance.now() > begun + seconds * 1_000) return false;
      await sleep(lookMs);
    }
    return true;
  }

  async function befall(misfortune: Misfortune): Promise<void> {
    const { workers, webs, redis, forgetMs } = victims;
    // One of each side is always left: where nobody works there is nothing to break.
    const enough = ({ serving }: Herd) => possible(() => serving() > 1);
    switch (misfortune.kind) {
      case "kill-worker":
        return count("kills", (await enough(workers)) && (await workers.kill(misfortune.pick)));
      case "freeze-worker":
        return count("freezes", (await enough(workers)) && (await workers.freeze(misfortune.pick, misfortune.forMs)));
      case "kill-web":
        return count("webKills", (await enough(webs)) && (await webs.kill(misfortune.pick)));
      default:
        break;
    }
    if (!(await possible(() => !redisDown))) return count("missed", true);
    redisDown = true;
    if (misfortune.kind === "kill-redis") {
      await redis.kill();
      toll.redisKills += 1;
    } else {
      toll.bytesLost += await redis.powerCut(misfortune.keep, forgetMs);
      toll.powerCuts += 1;
    }
    await sleep(misfortune.downMs);
    await redis.restart();
    redisDown = false;
  }

  function count(what: keyof Toll, happened: boolean): void {
    toll[happened ? what : "missed"] += 1;
  }

  for (const misfortune of schedule) {
    const wait = begun + misfortune.at - performance.now();
    if (wait > 0) await sleep(wait);
    under.push(befall(misfortune));
  }
  await Promise.all(under);
  return toll;
}
