import type { Alarms } from "../../ports.ts";
import type { StateClient } from "./redis.ts";
import { entriesOf } from "./trail.ts";

/** Whoever tells has so long until another tries, in ms. */
const patience = 30_000;

/** What people must be told of: places in the trail, written by the scripts that write the entries. */
export function redisAlarms(client: StateClient): Alarms {
  return {
    async due(limit) {
      const places = (await client.run("waiting", { set: "alarms", patience, limit })) as string[];
      return client.read((redis) => entriesOf(redis, client.prefix, places));
    },
    told: (seq) => client.read(async (redis) => void (await redis.zrem(`${client.prefix}alarms`, seq))),
  };
}
