import type { Redis } from "ioredis";
import { sha256 } from "../../audit/canonical.ts";
import { beforeTheFirst, bodyText, type Entry } from "../../audit/chain.ts";
import type { Chance, Scribe, Trail } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

const page = 1_000;

/** The audit trail in a Redis stream, whose ids are the chain's own counter. */
export function redisTrail(client: StateClient, scribe: Scribe, chance: Pick<Chance, "operationId">): Trail {
  return {
    async append(event) {
      const body = bodyText(scribe(event));
      await client.run("append", { op: chance.operationId() }, body, sha256(body));
    },
    entries: (from = 1) => redisEntries(client, from),
    head: () =>
      client.read(async (redis) => {
        const [seq, hash] = await redis.hmget(`${client.prefix}audit:head`, "seq", "hash");
        return { entries: Number(seq ?? 0), head: hash ?? beforeTheFirst };
      }),
  };
}

async function* redisEntries(client: StateClient, from: number): AsyncGenerator<Entry> {
  for (let next = `${from}-0`; ; ) {
    const rows = await client.read((redis) => redis.xrange(`${client.prefix}audit`, next, "+", "COUNT", page));
    for (const [id, fields] of rows) yield entryOf(id, fields);
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    next = `(${last[0]}`;
  }
}

/** The entries at these places, without any that is not there. */
export async function entriesOf(redis: Redis, prefix: string, places: readonly string[]): Promise<readonly Entry[]> {
  const found = await Promise.all(places.map((place) => redis.xrange(`${prefix}audit`, `${place}-0`, `${place}-0`)));
  return found.flat().map(([id, fields]) => entryOf(id, fields));
}

function entryOf(id: string, fields: readonly string[]): Entry {
  const field = (name: string) => fields[fields.indexOf(name) + 1] ?? "";
  return {
    seq: Number(id.split("-")[0]),
    time: Number(field("time")),
    prev: field("prev"),
    hash: field("hash"),
    body: field("body"),
  };
}
