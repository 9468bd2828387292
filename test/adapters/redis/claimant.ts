import { openState } from "../../../src/adapters/redis/redis.ts";
import { redisRequestStore } from "../../../src/adapters/redis/request-store.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";

// A process of its own that claims each time step it is told, and says whether it got it.
const [url = "", prefix = "", name = ""] = process.argv.slice(2);
const client = openState({ url, prefix });
const store = redisRequestStore(client, (event) => ({ event, writer: name, clock: Date.now() }));

process.on("message", async (timeStep: number) => {
  const id = `r-${name}-${timeStep}`;
  const claim = { subject: "alice", credential: "c-1", timeStep };
  const answer = await store.keep(sampleStep(`op ${id}`, sampleRequest(id), { claim }));
  process.send?.({ timeStep, says: answer.kept ? "kept" : answer.because });
});
process.on("disconnect", () => client.close());

await store.now();
process.send?.("ready");
