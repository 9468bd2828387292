import type { Presence } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

/** Which clusters are served, in keys that Redis's own clock lets expire. */
export function redisPresence(client: StateClient): Presence {
  const key = (cluster: string) => `${client.prefix}served:${cluster}`;
  return {
    async serve(clusters, forMs) {
      await client.read((redis) => Promise.all(clusters.map((cluster) => redis.set(key(cluster), "1", "PX", forMs))));
    },
    served: (cluster) => client.read(async (redis) => (await redis.exists(key(cluster))) === 1),
  };
}
