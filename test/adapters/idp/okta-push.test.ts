import assert from "node:assert/strict";
import { oktaSender } from "../../../src/adapters/idp/okta-sender.ts";
import { idTokenCheck } from "../../../src/adapters/witness/id-token.ts";
import type { Outcome } from "../../../src/challenge/challenge.ts";
import type { Refusal } from "../../../src/operation/refusal.ts";
import { type Okta, type OktaPush, startOkta } from "../../lab/okta/okta.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";
import { openPushHouse, type PushHouse } from "../authenticators/push-stage.ts";

const [alice, bob] = ["00u1alice", "00u2bob"];
const ways = { amr: ["hwk", "oob", "pop", "swk"], seconds: 120 } as const;

describe("a push through Okta's direct authentication", () => {
  let url: string;
  let okta: Okta;
  let house: PushHouse;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(async () => {
    okta = await startOkta({ people: [alice, bob] });
    house = openPushHouse(url, "okta", senderWith(okta.clientSecret));
  });
  afterEach(async () => {
    await house.close();
    await okta.close();
  });

  const senderWith = (secret: string) => () => oktaSender({ ...okta, okta: ways }, { secret, plain: true });
  const phone = (): OktaPush => okta.inbox(alice).at(-1) ?? assert.fail("nothing came");
  const says = (answer: Outcome | Refusal | object) =>
    "says" in answer ? String(answer.says) : JSON.stringify(answer);
  async function settled(ask: () => Promise<Outcome>): Promise<Outcome> {
    for (;;) {
      const outcome = await ask();
      if (outcome.outcome !== "pending") return outcome;
    }
  }

  it("shows Okta's number here, to be picked on the device, and takes no code", async () => {
    const started = await house.begun(alice);
    assert.equal(started.enter, "95");
    assert.deepEqual(await house.begun(alice), started);
    assert.deepEqual(await house.type(started, ""), { outcome: "pending" });
    okta.approve(phone().id, "95");
    const outcome = await settled(() => house.type(started, ""));
    assert.ok(outcome.outcome === "approved" && outcome.evidence?.kind === "id-token");
    assert.deepEqual([outcome.claim, Object.keys(outcome.evidence)], [{ stepUp: started.salt }, ["kind", "token"]]);
  });

  it("brings a token that the worker can check again by Okta's keys and the methods it names", async () => {
    const started = await house.begun(alice);
    okta.approve(phone().id, "95");
    const outcome = await settled(() => house.type(started, ""));
    assert.ok(outcome.outcome === "approved" && outcome.evidence?.kind === "id-token");
    const { evidence } = outcome;
    const proof = { authenticator: "okta", subject: alice, digest: "d", at: Date.now(), request: "r-1" } as const;
    const signed = { ...proof, evidence, signature: "s" };
    const check = idTokenCheck({ preset: "okta", ...okta, acr: ["phr"], okta: ways });
    assert.equal(await check(signed, evidence), undefined);
    assert.match((await check({ ...signed, subject: bob }, evidence)) ?? "", /somebody else/);
    assert.match((await check({ ...signed, authenticator: "push" }, evidence)) ?? "", /acr is missing/);
    const narrow = idTokenCheck({ preset: "okta", ...okta, acr: ["phr"], okta: { amr: ["hwk"], seconds: 120 } });
    assert.match((await narrow(signed, evidence)) ?? "", /amr is swk, and it takes hwk/);
    const without = idTokenCheck({ preset: "okta", ...okta, acr: ["phr"] });
    assert.match((await without(signed, evidence)) ?? "", /no push through Okta is set up here/);
  });

  it("attack: is refused where Okta asks with a mere yes or no, though they say yes", async () => {
    okta.number = undefined;
    assert.match(says(await house.begin(alice)), /Okta asks with a mere yes or no/);
    assert.equal(okta.inbox(alice).length, 1);
    okta.approve(phone().id);
    assert.deepEqual(await house.webs[1].pushes.due(5), []);
  });

  it("is a no where another number is picked, or where they deny; and none is sent for a while", async () => {
    const started = await house.begun(alice, "r-7");
    okta.approve(phone().id, "12");
    assert.deepEqual(await settled(() => house.type(started, "")), { outcome: "denied", because: "declined" });
    const no = { request: "r-7", subject: alice, said: "declined" };
    assert.deepEqual(await house.webs[1].pushes.look(started.salt), no);
    assert.match(says(await house.begin(alice, "r-8")), /none is sent for 15 minutes/);
  });

  it("is over where Okta's time is", async () => {
    const started = await house.begun(alice);
    okta.lapse(phone().id);
    assert.deepEqual(await settled(() => house.type(started, "")), { outcome: "expired" });
  });

  const odd = [
    ["of somebody else's account", { claims: { sub: bob } }, /somebody else answered/],
    ["by a password", { claims: { amr: ["pwd"] } }, /amr pwd, and it takes hwk/],
    ["by no method at all", { claims: { amr: undefined } }, /amr nothing/],
    ["of a login from before", { claims: { auth_time: Math.floor(Date.now() / 1000) - 60 } }, /from before this push/],
    ["without the time of a login", { claims: { auth_time: undefined } }, /does not say when/],
    ["that somebody forged", { forged: true }, /"expired"/],
    ["for another client", { claims: { aud: "another" } }, /"expired"/],
    ["of another issuer", { claims: { iss: "https://other.okta.com" } }, /"expired"/],
  ] as const;
  for (const [what, how, words] of odd)
    it(`attack: counts for nothing where the token is one ${what}`, async () => {
      const started = await house.begun(alice);
      okta.approve(phone().id, "95", how as Parameters<Okta["approve"]>[2]);
      assert.match(says(await settled(() => house.type(started, ""))), words);
      assert.equal((await house.type(started, "")).outcome, "expired");
    });

  it("attack: counts for nobody else and for no other plan, and is taken once however many ask", async () => {
    const started = await house.begun(alice);
    okta.approve(phone().id, "95");
    assert.match(says(await house.type(started, "", { subject: bob })), /sent to somebody else/);
    assert.match(says(await house.type(started, "", { digest: "f".repeat(64) })), /sent for something else/);
    const before = okta.asked().length;
    await Promise.all(Array.from({ length: 10 }, (_, i) => house.webs[i % 2 ? 0 : 1].pushes.look(started.salt)));
    assert.equal(okta.asked().filter((one) => one.startsWith("/oauth2/v1/token")).length, 1, String(before));
    assert.equal((await house.type(started, "", {}, 1)).outcome, "approved");
  });

  it("says in words why none is sent, and stays pending while a gateway answers", async () => {
    assert.match(says(await house.begin("00u3mallory")), /Okta knows no device of yours/);
    const wrong = openPushHouse(url, "okta", senderWith("another secret"));
    assert.match(says(await wrong.begin(alice)), /Okta takes no push from us/);
    await wrong.close();
    okta.ill = "busy";
    assert.match(says(await house.begin(alice)), /takes no more pushes just now/);
    okta.ill = undefined;
    const started = await house.begun(alice);
    okta.ill = "html";
    assert.deepEqual(await house.type(started, ""), { outcome: "pending" });
    assert.match(says(await house.begin(bob)), /Okta does not answer/);
  });

  it("attack: leaves neither the client's secret nor Okta's handle in Redis or in an address", async () => {
    const started = await house.begun(alice);
    const { prefix } = house.client;
    const kept = JSON.stringify(await house.client.read((redis) => redis.hgetall(`${prefix}push:${started.salt}`)));
    for (const secret of [okta.clientSecret, phone().id]) assert.ok(!kept.includes(secret));
    assert.ok(!okta.asked().join("\n").includes(okta.clientSecret));
  });
});
