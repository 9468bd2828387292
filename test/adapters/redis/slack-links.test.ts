import assert from "node:assert/strict";
import { redisAlarms } from "../../../src/adapters/redis/alarms.ts";
import { openState, type StateClient } from "../../../src/adapters/redis/redis.ts";
import { redisSlackLinks } from "../../../src/adapters/redis/slack-links.ts";
import type { Body } from "../../../src/audit/chain.ts";
import { readLink } from "../../../src/challenge/slack-link.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

const link = { team: "T1", user: "U9", subject: "dave", at: 1, signature: "s" };

describe("links of Slack accounts in Redis", () => {
  let client: StateClient;
  before(async function () {
    client = openState({ url: (await redisFor(this)).url, prefix: freshPrefix() });
  });
  after(() => client.close());

  const store = () => redisSlackLinks(client, (event) => ({ event, writer: "test", clock: 0 }));
  /** What people are yet to be told. */
  const due = async () =>
    (await redisAlarms(client).due(20)).map(({ body }) => {
      const { event } = JSON.parse(body) as Body;
      return event.kind;
    });

  it("are kept once for each salt, where nothing else came between, and told of each time", async () => {
    assert.equal(await store().read(link), undefined);
    const tries = Array.from({ length: 10 }, () => store().keep(link, "salt-1", undefined));
    assert.equal((await Promise.all(tries)).filter((answer) => answer === "kept").length, 1);
    assert.deepEqual(readLink(await store().read(link)), link);
    const text = await store().read(link);
    assert.equal(await store().keep({ ...link, subject: "eve" }, "salt-2", undefined), "moved");
    assert.equal(await store().keep({ ...link, subject: "eve" }, "salt-1", text), "used");
    assert.deepEqual((await store().all()).map(readLink), [link]);
    assert.deepEqual(await due(), ["identity.linked"]);
  });

  it("end where they are what was seen, and are told of", async () => {
    assert.ok(!(await store().end(link, "another", "dave", "root")));
    assert.ok(await store().end(link, (await store().read(link)) ?? "", "dave", "root"));
    assert.deepEqual(await store().all(), []);
    assert.deepEqual(await due(), ["identity.unlinked"]);
  });
});
