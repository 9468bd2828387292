import assert from "node:assert/strict";
import { chance } from "../../src/adapters/chance/chance.ts";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisRequestStore } from "../../src/adapters/redis/request-store.ts";
import { record, recordAsked } from "../../src/request/record.ts";
import type { Request } from "../../src/request/request.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { freshPrefix, redisFor } from "../lab/redis/shared-redis.ts";
import { events, stages } from "../request/samples.ts";

describe("countersign audit kept", function () {
  this.timeout(30_000);
  let environment: Record<string, string>;
  let state: StateClient;
  let prefix: string;

  before(async function () {
    const { url } = await redisFor(this);
    prefix = freshPrefix();
    environment = { REDIS_URL: url, COUNTERSIGN_PREFIX: prefix };
    state = openState({ url, prefix });
  });
  after(() => state?.close());

  const kept = (...words: string[]) => runCli(["audit", "kept", ...words], environment);
  /** A request of this id as it was asked, and then as it removed something. */
  async function removed(id: string, ended: Request): Promise<void> {
    const store = redisRequestStore(state, (event) => ({ event, writer: "test", clock: 1 }));
    const as = (request: Request): Request => ({ ...request, id });
    const steps = [
      { next: as(stages.asked), event: recordAsked(as(stages.asked)) },
      { next: as(stages.removing), event: record(events.removing, as(stages.removing)) },
      { next: as(ended), event: record(events.succeeded, as(ended)) },
    ];
    for (const [expect, step] of steps.entries()) {
      const answer = await store.keep({ ...step, expect, operationId: chance.operationId() });
      assert.ok(answer.kept);
    }
  }

  it("prints what was removed, as it was kept", async () => {
    await removed("r-removed001", stages.removed);
    const { code, stdout, stderr } = await kept("r-removed001");
    assert.deepEqual([code, stdout, stderr], [0, events.removing.kept, ""]);
  });

  it("says so where the removal did not come to a good end", async () => {
    await removed("r-removed002", { ...stages.removed, state: "failed" } as Request);
    const { code, stdout, stderr } = await kept("r-removed002");
    assert.deepEqual([code, stdout], [0, events.removing.kept]);
    assert.match(stderr, /r-removed002 is failed: look whether the object is gone/);
  });

  it("prints nothing that was put into the record by somebody else", async () => {
    await removed("r-removed003", { ...stages.removed, kept: '{"kind":"ClusterRoleBinding"}' } as Request);
    const { code, stdout, stderr } = await kept("r-removed003");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /is not what the trail says was kept: the record was changed/);
  });

  it("says what is wrong with what was typed, or that there is nothing", async () => {
    assert.match((await kept("r-nobody0000")).stderr, /there is no request r-nobody0000/);
    assert.match((await kept()).stderr, /of which request\?/);
    assert.match((await kept("a", "b")).stderr, /one request at a time/);
    await removed("r-removed004", stages.succeeded);
    assert.match((await kept("r-removed004")).stderr, /nothing was kept of r-removed004/);
  });

  it("prints nothing while the trail does not hold", async () => {
    await removed("r-removed005", stages.removed);
    await state.read((redis) =>
      redis.xadd(`${prefix}audit`, "9000-0", "time", "1", "prev", "x", "hash", "y", "body", "{}"),
    );
    const { code, stdout, stderr } = await kept("r-removed005");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /the trail does not hold/);
  });
});
