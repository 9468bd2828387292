import { canonical, sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { FreezeStore } from "../../ports/freeze.ts";
import type { Scribe } from "../../ports.ts";
import type { Freeze } from "../../request/freeze.ts";
import type { StateClient } from "./redis.ts";

/** Freezes in one hash, by scope; compared as canonical JSON. */
export function redisFreezes(client: StateClient, scribe: Scribe): FreezeStore {
  const text = (freeze: Freeze | undefined) => (freeze ? canonical(freeze) : "");
  return {
    standing: () =>
      client.read(async (redis) =>
        Object.values(await redis.hgetall(`${client.prefix}freezes`)).map((one) => JSON.parse(one) as Freeze),
      ),
    async turn({ operationId, scope, expect, next, event, claim }) {
      const body = bodyText(scribe(event));
      const args = { op: operationId, scope, ...(claim ? { claim } : {}) };
      const answer = await client.run("brake", args, body, sha256(body), text(expect), text(next));
      if (answer === "turned" || answer === "moved" || answer === "code-already-used") return answer;
      throw new Error(`the store answered ${JSON.stringify(answer)}`);
    },
  };
}
