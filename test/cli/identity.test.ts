import assert from "node:assert/strict";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisSlackLinks } from "../../src/adapters/redis/slack-links.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { freshPrefix, redisFor } from "../lab/redis/shared-redis.ts";

describe("countersign identity", function () {
  this.timeout(30_000);
  let state: StateClient;
  let environment: Record<string, string>;
  before(async function () {
    const { url } = await redisFor(this);
    environment = { REDIS_URL: url, COUNTERSIGN_PREFIX: freshPrefix() };
    state = openState({ url, prefix: environment["COUNTERSIGN_PREFIX"] ?? "" });
  });
  after(() => state.close());

  const identity = (...words: readonly string[]) => runCli(["identity", ...words], environment);

  it("lists the Slack accounts that people linked, and ends one", async () => {
    assert.match((await identity("links")).stderr, /nobody has linked a Slack account/);
    const links = redisSlackLinks(state, (event) => ({ event, writer: "test", clock: 0 }));
    const at = Date.UTC(2026, 10, 28);
    for (const [user, subject] of [
      ["U2", "bob"],
      ["U1", "alice"],
    ] as const)
      await links.keep({ team: "T1", user, subject, at, signature: "s" }, `salt of ${user}`, undefined);
    await state.read((redis) => redis.hset(`${state.prefix}slack-links`, "T1/U3", "forged"));
    assert.equal((await identity("links")).stdout, "T1/U1 alice 2026-11-28\nT1/U2 bob 2026-11-28\n");
    const ended = await identity("unlink", "T1/U1");
    assert.deepEqual([ended.code, ended.stderr], [0, "T1/U1 does not speak for alice any more.\n"]);
    assert.equal((await identity("links")).stdout, "T1/U2 bob 2026-11-28\n");
    const again = await identity("unlink", "T1/U1");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /nobody linked T1\/U1; what the directory says of it is ended there/);
  });

  it("ends what was forged too, so that nothing of it is left", async () => {
    assert.equal((await identity("unlink", "T1/U3")).code, 0);
    assert.ok(!(await state.read((redis) => redis.hexists(`${state.prefix}slack-links`, "T1/U3"))));
  });

  it("says what a Slack account looks like", async () => {
    for (const words of [[], ["U1"], ["T1/U1", "T1/U2"], ["alice"]]) {
      const { code, stderr } = await identity("unlink", ...words);
      assert.equal(code, 64);
      assert.match(stderr, /which Slack account\?/);
    }
  });
});
