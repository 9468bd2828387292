import assert from "node:assert/strict";
import { duoClient } from "../../../src/adapters/idp/duo-client.ts";
import { duoSender } from "../../../src/adapters/idp/duo-sender.ts";
import type { Outcome } from "../../../src/challenge/challenge.ts";
import { isRefusal, type Refusal } from "../../../src/operation/refusal.ts";
import { type Duo, type DuoPush, startDuo } from "../../lab/duo/duo.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";
import { openPushHouse, type PushHouse } from "../authenticators/push-stage.ts";

const [alice, bob] = ["alice@example.com", "bob@example.com"];

describe("a Duo push as proof", () => {
  let url: string;
  let duo: Duo;
  let house: PushHouse;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(async () => {
    duo = await startDuo({ people: [alice, bob] });
    house = openPushHouse(url, "duo", () => duoSender(duoClient(duo, { secret: duo.secret, plain: true })));
  });
  afterEach(async () => {
    await house.close();
    await duo.close();
  });

  const phone = (): DuoPush => duo.inbox(alice).at(-1) ?? assert.fail("nothing came");
  const code = () => phone().shown["Code to type in Slack"] ?? assert.fail("no code came");
  const says = (answer: Outcome | Refusal | object) =>
    "says" in answer ? String(answer.says) : JSON.stringify(answer);
  /** Lets the next poll come at once. */
  const rested = (salt: string) => house.client.read((redis) => redis.del(`${house.client.prefix}push-turn:${salt}`));

  it("is Duo's yes and our code together, with nothing that anybody signed", async () => {
    const started = await house.begun(alice);
    assert.deepEqual(await house.type(started, code()), { outcome: "pending" });
    duo.tap(phone().txid, "allow");
    await rested(started.salt);
    assert.deepEqual(await house.type(started, code()), { outcome: "approved", claim: { stepUp: started.salt } });
  });

  it("is no proof with the yes alone, and ends with the third wrong code", async () => {
    const started = await house.begun(alice);
    duo.tap(phone().txid, "allow");
    const wrong = code() === "000000" ? "000001" : "000000";
    for (const _ of [1, 2]) assert.equal((await house.type(started, wrong)).outcome, "denied");
    assert.equal((await house.type(started, wrong)).outcome, "insufficient");
    assert.equal((await house.type(started, code())).outcome, "insufficient");
  });

  it("takes Duo's number on the phone in place of a code here, where the tenant demands one", async () => {
    duo.number = "771204";
    const started = await house.begun(alice);
    assert.equal(started.enter, "771204");
    assert.deepEqual(await house.begun(alice), started);
    assert.deepEqual(await house.type(started, ""), { outcome: "pending" });
    duo.tap(phone().txid, "allow", "771204");
    await rested(started.salt);
    assert.equal((await house.type(started, "")).outcome, "approved");
  });

  it("attack: a bypass at the end of a push is no yes, nor is one before it", async () => {
    const started = await house.begun(alice);
    duo.tap(phone().txid, "bypass");
    assert.match(says(await house.type(started, code())), /without having asked you/);
    assert.equal((await house.type(started, code())).outcome, "expired");
    duo.preauth = "allow";
    assert.match(says(await house.begin(alice, "r-2")), /let you in without asking you/);
  });

  it("attack: counts for nobody else, for no other plan, and in no other way", async () => {
    const started = await house.begun(alice);
    duo.tap(phone().txid, "allow");
    assert.match(says(await house.type(started, code(), { subject: bob })), /sent to somebody else/);
    assert.match(says(await house.type(started, code(), { digest: "f".repeat(64) })), /sent for something else/);
    const challenge = { subject: alice, digest: "f".repeat(64), expiresAt: Date.now() + 60_000, triesLeft: 5 };
    const elsewhere = { by: "push", given: code(), started } as const;
    assert.match(says(await house.webs[0].pushes.submit(challenge, elsewhere, Date.now())), /in another way/);
  });

  it("attack: fraud is told to whoever looks, whoever noticed it, and none is sent for a while", async () => {
    const started = await house.begun(alice, "r-7");
    duo.tap(phone().txid, "fraud");
    assert.deepEqual(await house.type(started, code()), { outcome: "fraud" });
    const { pushes } = house.webs[1];
    assert.deepEqual(await pushes.due(5), [started.salt]);
    assert.deepEqual(await pushes.look(started.salt), { request: "r-7", subject: alice, said: "disowned" });
    assert.match(says(await house.begin(alice, "r-8")), /none is sent for 15 minutes/);
    assert.deepEqual(await house.kinds(), ["push.begun", "authenticator.locked"]);
  });

  it("is a no where they deny, locked where Duo locked them out, and over where Duo's time is", async () => {
    const ends = [
      ["deny", { outcome: "denied", because: "declined" }],
      ["timeout", { outcome: "expired" }],
    ] as const;
    for (const [tap, outcome] of ends) {
      const own = openPushHouse(url, "duo", () => duoSender(duoClient(duo, { secret: duo.secret, plain: true })));
      const started = await own.begun(alice);
      duo.tap(phone().txid, tap);
      assert.deepEqual(await own.type(started, code()), outcome);
      await own.close();
    }
    const started = await house.begun(alice);
    duo.tap(phone().txid, "locked_out");
    const locked = await house.type(started, code());
    assert.ok(locked.outcome === "insufficient" && locked.because === "locked");
  });

  it("is pending, and never a yes, while a gateway answers for Duo; and Duo's yes counts after it", async () => {
    const started = await house.begun(alice);
    duo.tap(phone().txid, "allow");
    duo.ill = "html";
    assert.deepEqual(await house.type(started, code()), { outcome: "pending" });
    duo.ill = undefined;
    await rested(started.salt);
    assert.equal((await house.type(started, code())).outcome, "approved");
  });

  it("says in words why none is sent", async () => {
    duo.ill = "busy";
    assert.match(says(await house.begin(alice)), /takes no more pushes just now/);
    duo.ill = undefined;
    duo.skewMs = 3_600_000;
    assert.match(says(await house.begin(alice)), /the clock of Countersign is wrong/);
    assert.ok(isRefusal(await house.begin(alice)));
    duo.skewMs = 0;
    await house.begun(alice);
  });

  it("attack: leaves neither Duo's secret nor the code nor the transaction in Redis", async () => {
    const started = await house.begun(alice);
    duo.tap(phone().txid, "allow");
    await house.type(started, code());
    const { prefix } = house.client;
    const kept = JSON.stringify(await house.client.read((redis) => redis.hgetall(`${prefix}push:${started.salt}`)));
    for (const secret of [duo.secret, code(), phone().txid]) assert.ok(!kept.includes(secret));
  });

  it("attack: a yes that was put into Redis by hand, or moved there from another push, is none", async () => {
    const mine = await house.begun(alice);
    duo.tap(phone().txid, "allow");
    const spent = code();
    assert.equal((await house.type(mine, spent)).outcome, "approved");
    const theirs = await house.begun(bob);
    const { prefix } = house.client;
    const { answer = "" } = await house.client.read((redis) => redis.hgetall(`${prefix}push:${mine.salt}`));
    const theirCode = duo.inbox(bob).at(-1)?.shown["Code to type in Slack"] ?? "";
    await house.client.read((redis) => redis.hset(`${prefix}push:${theirs.salt}`, { state: "answered", answer }));
    assert.equal((await house.type(theirs, theirCode)).outcome, "unavailable");
  });
});
