import { generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { grantSigner } from "../../src/request/sign.ts";
import { redisThief } from "../attacks/redis-thief.ts";
import type { Lab } from "../lab/lab.ts";
import type { Theft } from "./errands.ts";

/** Somebody who may write anything into Redis, at work during a run. */
export interface Thief {
  /** Tries to have a request run that nobody approved. Resolves when all that it takes is written. */
  steal(request: string, theft: Theft, approver: string): Promise<void>;
  /** Ids under which nothing may ever run. */
  readonly forged: ReadonlySet<string>;
  close(): void;
}

type Fields = Record<string, unknown>;

/** How often a theft is tried while Redis is dead, and how long between, in ms. */
const [tries, pauseMs] = [30, 300];

export function hireThief(lab: Lab): Thief {
  const thief = redisThief(lab);
  // While Redis is dead a command fails; the thief has time.
  thief.redis.on("error", () => undefined);
  const own = grantSigner(generateKeyPairSync("ed25519").privateKey);
  const forged = new Set<string>();

  async function patiently(write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      try {
        return await write();
      } catch {
        await sleep(pauseMs);
      }
    }
  }

  const crimes: Readonly<Record<Theft, (request: string, approver: string) => Promise<void>>> = {
    "forged job": (request) => thief.wakeWorker(request),
    async "forged approval"(request, approver) {
      await thief.edit(request, (record) => {
        record["approvals"] = [0, 1].map(() => ({
          subject: approver,
          at: Date.now(),
          digest: record["digest"],
          proof: record["proof"],
          signature: "",
        }));
      });
      await thief.redis.zadd(`${lab.prefix}turn:web`, 0, request);
    },
    async "forged grant"(request, approver) {
      await thief.edit(request, (record) => {
        const { digest, requester, decision } = record as { digest: string; requester: string; decision: Fields };
        Object.assign(record, {
          state: "granted",
          grant: own.sign({
            v: "countersign.grant.v1",
            request,
            digest,
            cluster: "demo",
            requester,
            approvers: [approver],
            tier: String(decision["tier"]),
            policy: String(decision["policy"]),
            grantedAt: Date.now(),
            notAfter: Date.now() + 600_000,
          }),
        });
      });
      await thief.wakeWorker(request);
    },
    async "copied record"(request) {
      const { redis } = thief;
      const honest = await someGranted(redis, lab.prefix);
      if (honest === undefined) throw new Error("nothing to copy yet");
      const copy = `r-copy${request.slice(-6)}`;
      forged.add(copy);
      const record = JSON.parse(honest) as Fields;
      for (const name of ["claim", "intent", "progress", "outcome"]) delete record[name];
      Object.assign(record, { id: copy, state: "granted" });
      await redis.hset(`${lab.prefix}request:${copy}`, { record: JSON.stringify(record), version: "1" });
      await thief.wakeWorker(copy);
    },
  };

  return {
    async steal(request, theft, approver) {
      forged.add(request);
      await patiently(() => crimes[theft](request, approver));
    },
    forged,
    close: () => thief.close(),
  };
}

/** The record of a request that was granted honestly. */
async function someGranted(redis: ReturnType<typeof redisThief>["redis"], prefix: string): Promise<string | undefined> {
  for await (const keys of redis.scanStream({ match: `${prefix}request:*`, count: 200 }))
    for (const key of keys as string[]) {
      const record = await redis.hget(key, "record");
      if (record?.includes('"state":"succeeded"') && record.includes('"approvals"')) return record;
    }
  return undefined;
}
