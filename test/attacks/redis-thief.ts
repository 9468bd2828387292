import { Redis } from "ioredis";
import type { Lab } from "../lab/lab.ts";

/** Somebody who may write anything into Redis, and knows the house from its public source. */
export interface RedisThief {
  readonly redis: Redis;
  /** Changes a record as it lies there; nothing stands in the trail. */
  edit(id: string, change: (record: Record<string, unknown>) => void): Promise<void>;
  /** Makes it the worker's turn at once, by a job of the right form and by the index. */
  wakeWorker(id: string): Promise<void>;
  close(): void;
}

export function redisThief(lab: Lab): RedisThief {
  const redis = new Redis(lab.redis.url.replace(/^unix:\/\//, ""));
  const key = (id: string) => `${lab.prefix}request:${id}`;
  return {
    redis,
    async edit(id, change) {
      const text = await redis.hget(key(id), "record");
      const record = JSON.parse(text ?? "{}") as Record<string, unknown>;
      change(record);
      await redis.hset(key(id), "record", JSON.stringify(record));
    },
    async wakeWorker(id) {
      await redis.zadd(`${lab.prefix}turn:worker:demo`, 0, id);
      await redis.zrem(`${lab.prefix}deadlines`, id);
      const job = `forged-${Math.random().toString(36).slice(2)}`;
      await redis.hset(`${lab.prefix}bull:worker-demo:${job}`, {
        name: "worker-demo",
        data: JSON.stringify({ request: id, approvedBy: ["bob@example.com"] }),
        opts: JSON.stringify({ attempts: 1 }),
        timestamp: "0",
        delay: "0",
        priority: "0",
        atm: "0",
        ats: "0",
      });
      await redis.lpush(`${lab.prefix}bull:worker-demo:wait`, job);
      // What wakes a worker that waits for its marker (BullMQ's own Lua does the same).
      await redis.zadd(`${lab.prefix}bull:worker-demo:marker`, 0, "0");
    },
    close: () => redis.disconnect(),
  };
}
