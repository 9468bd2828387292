import assert from "node:assert/strict";
import { isRefusal } from "../../../src/operation/refusal.ts";
import { type Idp, startIdp } from "../../lab/idp/idp.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";
import { openPushStage, type PushStage } from "../authenticators/push-stage.ts";

const alice = "alice@example.com";
const minute = 60_000;

// What counts is what reached the phone: each test reads the provider's inbox.
describe("the limits of pushes", () => {
  let url: string;
  let idp: Idp;
  let stage: PushStage;
  before(async function () {
    ({ url } = await redisFor(this));
    idp = await startIdp({ subjects: [alice], intervalSeconds: 0.05 });
  });
  after(() => idp.close());
  let earlier: number;
  beforeEach(() => {
    stage = openPushStage(url, idp);
    earlier = idp.inbox(alice).length;
  });
  afterEach(() => stage.close());

  const received = () => idp.inbox(alice).length - earlier;
  const key = (name: string) => `${stage.client.prefix}pushes:${alice}:${name}`;
  /** Ends the open push, as its time does. */
  const lapse = () => stage.client.read((redis) => redis.del(key("open")));
  const saysNo = async (request: string) => {
    const answer = await stage.begin(alice, request);
    return isRefusal(answer) ? `${answer.says} ${answer.remedy}` : "sent";
  };

  it("let one be open: another is not sent, and the same again is answered by the open one", async () => {
    const first = await stage.begun(alice, "r-1");
    assert.deepEqual(await stage.begun(alice, "r-1"), first);
    assert.match(await saysNo("r-2"), /still waits for its answer\. Answer it, or wait 2 minutes\./);
    assert.equal(received(), 1);
  });

  it("let one be open however many are asked for at once", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => stage.begin(alice, `r-${i}`)));
    assert.equal(received(), 1);
  });

  it("send no fourth within ten minutes without success, and say when the next is possible", async () => {
    for (const request of ["r-1", "r-2", "r-3"]) {
      await stage.begun(alice, request);
      await lapse();
    }
    assert.match(await saysNo("r-4"), /three pushes within ten minutes.*The next is possible in 10 minutes\./);
    assert.equal(received(), 3);
    const [oldest = ""] = await stage.client.read((redis) => redis.zrange(key("tried"), "0", "0"));
    await stage.client.read((redis) => redis.zadd(key("tried"), String(Date.now() - 10 * minute - 1), oldest));
    await stage.begun(alice, "r-4");
    assert.equal(received(), 4);
  });

  it("count anew after a success", async () => {
    for (const request of ["r-1", "r-2"]) {
      await stage.begun(alice, request);
      await lapse();
    }
    const third = await stage.begun(alice, "r-3");
    await idp.approve(stage.latest(alice).id);
    assert.equal((await stage.type(third, stage.codeOf(alice))).outcome, "approved");
    await stage.begun(alice, "r-4");
    assert.equal(received(), 4);
  });

  it("send none for 15 minutes after a no, and then again", async () => {
    const started = await stage.begun(alice, "r-1");
    await idp.deny(stage.latest(alice).id);
    await stage.webs[0].pushes.look(started.salt);
    assert.match(await saysNo("r-2"), /was refused, so none is sent for 15 minutes\..*in 15 minutes\./);
    assert.equal(received(), 1);
    await stage.client.read((redis) => redis.set(key("lock"), String(Date.now() - 1)));
    await stage.begun(alice, "r-2");
    assert.equal(received(), 2);
  });

  it("do not count what the provider refused before it asked anybody", async () => {
    const nobody = "mallory@example.com";
    for (const _ of [1, 2, 3, 4, 5]) {
      const answer = await stage.begin(nobody, "r-1");
      assert.ok(isRefusal(answer) && answer.refused === "no-push", JSON.stringify(answer));
    }
  });

  it("are looked after by one process at a time, and what is over by none", async () => {
    const started = await stage.begun(alice, "r-1");
    const due = () => stage.webs[1].pushes.due(10);
    await stage.client.read((redis) => redis.zadd(`${stage.client.prefix}push-due`, 0, started.salt));
    assert.deepEqual([await due(), await due()], [[started.salt], []]);
    await stage.client.read((redis) => redis.hset(`${stage.client.prefix}push:${started.salt}`, "expiresAt", 1));
    await stage.client.read((redis) => redis.zadd(`${stage.client.prefix}push-due`, 0, started.salt));
    assert.deepEqual(await due(), []);
    assert.equal(await stage.client.read((redis) => redis.zcard(`${stage.client.prefix}push-due`)), 0);
  });

  it("keep a no in sight until what follows from it was done, though somebody typing noticed it first", async () => {
    const started = await stage.begun(alice, "r-1");
    await idp.deny(stage.latest(alice).id);
    const typed = await stage.type(started, stage.codeOf(alice));
    assert.deepEqual(typed, { outcome: "denied", because: "declined" });
    const { pushes } = stage.webs[1];
    assert.deepEqual(await pushes.due(10), [started.salt]);
    const no = { request: "r-1", subject: alice, said: "declined" };
    assert.deepEqual([await pushes.look(started.salt), await pushes.look(started.salt)], [no, no]);
    await pushes.told(started.salt);
    assert.deepEqual(await pushes.due(10), []);
  });

  it("hand what its person disowned in Slack to nobody else: that is done at once", async () => {
    const started = await stage.begun(alice, "r-1");
    await stage.webs[0].pushes.disown(started.salt, alice);
    assert.deepEqual(await stage.webs[1].pushes.due(10), []);
  });
});
