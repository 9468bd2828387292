import assert from "node:assert/strict";
import { chance } from "../../../src/adapters/chance/chance.ts";
import { redisMemberships } from "../../../src/adapters/redis/memberships.ts";
import { openState, type StateClient } from "../../../src/adapters/redis/redis.ts";
import { redisTrail } from "../../../src/adapters/redis/trail.ts";
import type { MembershipStore } from "../../../src/ports/membership.ts";
import type { Scribe, Trail } from "../../../src/ports.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

const alice = "alice@example.com";

describe("memberships in Redis", () => {
  let state: StateClient;
  let store: MembershipStore;
  let trail: Trail;
  before(async function () {
    const redis = await redisFor(this);
    const scribe: Scribe = (event) => ({ event, writer: "test", clock: 0 });
    state = openState({ url: redis.url, prefix: freshPrefix() });
    store = redisMemberships(state, scribe);
    trail = redisTrail(state, scribe, chance);
  });
  after(() => state?.close());

  const recorded = async () => {
    const events: Record<string, unknown>[] = [];
    for await (const { body } of trail.entries()) events.push((JSON.parse(body) as { event: never }).event);
    return events.map(({ kind, subject, groups }) => [kind, subject, groups]);
  };

  it("are nobody's until somebody logs in, and then recorded with the groups", async () => {
    assert.equal(await store.read(alice), undefined);
    await store.keep(alice, { token: "t-1", refresh: "r-1" }, ["oncall", "sre"]);
    assert.deepEqual(await store.read(alice), { token: "t-1", refresh: "r-1" });
    assert.deepEqual([...(await store.all())], [[alice, { token: "t-1", refresh: "" }]]);
    assert.deepEqual(await recorded(), [["membership.read", alice, "oncall, sre"]]);
  });

  it("take the place of the one before, and are recorded where there is something to tell", async () => {
    await store.keep(alice, { token: "t-2", refresh: "r-2" }, undefined);
    assert.deepEqual(await store.read(alice), { token: "t-2", refresh: "r-2" });
    assert.equal((await recorded()).length, 1);
  });

  it("end with an entry in the trail, and leave nothing to ask the provider with", async () => {
    await store.end(alice);
    assert.deepEqual(await store.read(alice), { token: "", refresh: "" });
    assert.deepEqual((await recorded()).at(-1), ["membership.ended", alice, undefined]);
  });

  it("are asked about by one at a time, until they give the turn back or it lapses", async () => {
    assert.deepEqual([await store.takeTurn(alice, 60_000), await store.takeTurn(alice, 60_000)], [true, false]);
    assert.equal(await store.takeTurn("bob@example.com", 60_000), true);
    await store.rest(alice);
    assert.equal(await store.takeTurn(alice, 20), true);
    while (!(await store.takeTurn(alice, 60_000)));
  });
});
