import type { Chance, Once, Posted, Showcase } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

/** What Slack shows of requests, kept in Redis with a lease per request. */
export function redisShowcase(client: StateClient, chance: Pick<Chance, "operationId">): Showcase {
  return {
    async take(request, forMs) {
      const token = chance.operationId();
      const taken = (await client.run("take", { id: request, token, forMs })) as [string, string[]] | null;
      if (!taken) return undefined;
      const [since, fields] = taken;
      const posted: Record<string, Posted> = {};
      for (let i = 0; i + 1 < fields.length; i += 2)
        posted[fields[i] as string] = JSON.parse(fields[i + 1] as string) as Posted;
      return { request, token, posted, ...(since === "" ? {} : { unsureSince: Number(since) }) };
    },
    async put({ request, token }, surface, posted) {
      return (await client.run("put", { id: request, token, surface, posted: JSON.stringify(posted) })) === 1;
    },
    async release({ request, token }, done) {
      await client.run("release", { id: request, token, ...done });
    },
    waiting: async (patience, limit) => (await client.run("waiting", { set: "show", patience, limit })) as string[],
    reserve: async (channel, intervalMs) => Number(await client.run("reserve", { channel, intervalMs })),
    async pause(channel, forMs) {
      await client.run("pause", { channel, forMs });
    },
  };
}

/** Remembers what was seen. A lost answer is asked again with a token, so that the true first is told so. */
export function redisOnce(client: StateClient, chance: Pick<Chance, "operationId">): Once {
  return {
    async first(key, forMs) {
      const token = chance.operationId();
      const name = `${client.prefix}once:${key}`;
      return client.read(async (redis) => {
        const set = await redis.set(name, token, "PX", forMs, "NX");
        return set === "OK" || (await redis.get(name)) === token;
      });
    },
  };
}
