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
  /** Misfortunes that found too few to befall, as on a machine that is too slow to start others in time. */
  missed: number;
}

export interface Victims {
  readonly workers: Herd;
  readonly webs: Herd;
  readonly redis: RedisLine;
  /** With a Redis that flushes late: how much acknowledged time a power cut takes, in ms. */
  readonly forgetMs: number;
}

/** Lets everything of the schedule happen at its time, and resolves when the last is over. */
export async function unleash(schedule: readonly Misfortune[], victims: Victims): Promise<Toll> {
  const toll: Toll = { kills: 0, freezes: 0, webKills: 0, redisKills: 0, powerCuts: 0, bytesLost: 0, missed: 0 };
  const begun = performance.now();
  const under: Promise<void>[] = [];
  let redisDown = false;

  async function befall(misfortune: Misfortune): Promise<void> {
    const { workers, webs, redis, forgetMs } = victims;
    switch (misfortune.kind) {
      // One of each side is always left: where nobody works there is nothing to break.
      case "kill-worker":
        return count("kills", workers.serving > 1 && (await workers.kill(misfortune.pick)));
      case "freeze-worker":
        return count("freezes", workers.serving > 1 && (await workers.freeze(misfortune.pick, misfortune.forMs)));
      case "kill-web":
        return count("webKills", webs.serving > 1 && (await webs.kill(misfortune.pick)));
      default:
        break;
    }
    if (redisDown) return count("missed", true);
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
