import { setTimeout as sleep } from "node:timers/promises";
import type { LabProcess } from "../lab/processes/lab-process.ts";
import type { Reserve } from "./reserve.ts";
import type { Stage } from "./stage.ts";

/** The processes of one side, kept at their number as a supervisor would keep them. */
export interface Herd {
  /** SIGKILLs one that serves and starts another in its place; false when fewer than two serve. */
  kill(pick: number): Promise<boolean>;
  /** SIGSTOPs one that serves, SIGCONTs it after `forMs`; true when there were two and it lived to wake up. */
  freeze(pick: number, forMs: number): Promise<boolean>;
  /** How many serve now. */
  serving(): number;
  /** How many ended by themselves after they had begun to serve. */
  readonly fallen: number;
  /** How many gave up their start, or had to be killed during it, as when Redis dies meanwhile. */
  readonly stillborn: number;
  /** Wakes who is frozen, and resolves when all serve. */
  whole(): Promise<void>;
  /** Lets nobody be started any more. */
  retire(): Promise<void>;
}

/** A start takes a second or two on a busy machine; one that takes longer than this hangs. */
const startMs = 15_000;
const pauseMs = 200;
const lookMs = 20;

/** `reserve`: where the next worker is taken from, as long as there are any. Nobody is started on a Redis that is dead. */
export function keepHerd(
  { lab, redis }: Pick<Stage, "lab" | "redis">,
  side: "web" | "worker",
  all: () => readonly LabProcess[],
  reserve?: Pick<Reserve, "take">,
): Herd {
  const serving = new Set<LabProcess>();
  const frozen = new Set<LabProcess>();
  const starting = new Set<Promise<void>>();
  const killed = new WeakSet<LabProcess>();
  let [retired, fallen, stillborn] = [false, 0, 0];

  const adopt = (one: LabProcess) => {
    serving.add(one);
    void one.ended.then(() => {
      const served = serving.delete(one);
      frozen.delete(one);
      if (killed.has(one)) return;
      if (served && !retired) fallen += 1;
      replace();
    });
  };

  /** One more, tried until it serves: Redis may die while it starts. */
  async function start(): Promise<void> {
    while (!retired) {
      while (!redis.alive()) await sleep(lookMs);
      const spare = await reserve?.take();
      const begun = spare ? spare.start() : lab.start(side);
      const one = all().at(-1);
      const late = setTimeout(() => one?.signal("SIGKILL"), startMs);
      try {
        return adopt(await begun);
      } catch {
        stillborn += 1;
        await sleep(pauseMs);
      } finally {
        clearTimeout(late);
      }
    }
  }

  function replace(): void {
    if (retired) return;
    const begun = start().finally(() => starting.delete(begun));
    starting.add(begun);
  }

  const choose = (pick: number): LabProcess | undefined =>
    serving.size > 1 ? [...serving][Math.floor(pick * serving.size)] : undefined;
  for (const one of all()) adopt(one);

  return {
    async kill(pick) {
      const one = choose(pick);
      if (!one) return false;
      killed.add(one);
      serving.delete(one);
      await one.kill();
      replace();
      return (await one.ended) === "SIGKILL";
    },
    async freeze(pick, forMs) {
      const one = choose(pick);
      if (!one) return false;
      one.signal("SIGSTOP");
      serving.delete(one);
      frozen.add(one);
      await sleep(forMs);
      one.signal("SIGCONT");
      if (!frozen.delete(one)) return false;
      serving.add(one);
      return true;
    },
    serving: () => serving.size,
    get fallen() {
      return fallen;
    },
    get stillborn() {
      return stillborn;
    },
    async whole() {
      while (starting.size > 0 || frozen.size > 0) await sleep(pauseMs);
    },
    async retire() {
      retired = true;
      for (const one of frozen) one.signal("SIGCONT");
      await Promise.all(starting);
    },
  };
}
