import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { openState, type StateClient } from "../../../src/adapters/redis/redis.ts";
import { redisRequestStore } from "../../../src/adapters/redis/request-store.ts";
import type { RequestStore, Scribe, Step } from "../../../src/ports.ts";
import type { Finished } from "../../../src/request/request.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

const scribe: Scribe = (event) => ({ event, writer: "test", clock: Date.now() });
const answer = 'NAME  READY\napi   3/3  "quoted" \u{1f4a5}';

describe("what a read brought, in Redis", () => {
  let client: StateClient;
  beforeEach(async function () {
    client = openState({ url: (await redisFor(this)).url, prefix: freshPrefix() });
  });
  afterEach(() => client?.close());

  async function keepAnswered(store: RequestStore): Promise<Finished> {
    const { operationId, expect, event } = sampleStep("op-1", sampleRequest("r-one"));
    const next = { ...sampleRequest("r-one"), state: "succeeded", answer } as unknown as Finished;
    assert.deepEqual(await store.keep({ operationId, expect, event, next } satisfies Step), { kept: true, version: 1 });
    return next;
  }

  it("is given back with the record, and lies apart from it", async () => {
    const store = redisRequestStore(client, scribe);
    const next = await keepAnswered(store);
    assert.deepEqual((await store.read("r-one"))?.request, next);
    const record = await client.read((redis) => redis.hgetall(`${client.prefix}request:r-one`));
    assert.doesNotMatch(JSON.stringify(record), /quoted/);
  });

  it("is forgotten by itself within an hour, and the record stays", async () => {
    const store = redisRequestStore(client, scribe);
    await keepAnswered(store);
    const left = await client.read((redis) => redis.pttl(`${client.prefix}answer:r-one`));
    assert.ok(left > 0 && left <= 3_600_000, String(left));
    const short = redisRequestStore(client, scribe, 30);
    await short.keep({
      ...sampleStep("op-2", sampleRequest("r-one"), { expect: 1 }),
      next: (await short.read("r-one"))?.request ?? sampleRequest("r-one"),
    });
    while ("answer" in ((await short.read("r-one"))?.request ?? {})) await sleep(10);
    assert.equal((await short.read("r-one"))?.request.state, "succeeded");
  });
});
