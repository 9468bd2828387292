import assert from "node:assert/strict";
import type { Outcome } from "../../../src/challenge/challenge.ts";
import { isRefusal } from "../../../src/operation/refusal.ts";
import type { PushSender } from "../../../src/ports/push.ts";
import { weakerAcr } from "../../lab/idp/contexts.ts";
import { type Idp, startIdp } from "../../lab/idp/idp.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";
import { openPushStage, type PushStage } from "./push-stage.ts";

const alice = "alice@example.com";
const bob = "bob@example.com";

describe("a push with a code to carry back", () => {
  let url: string;
  let idp: Idp;
  let stage: PushStage;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(async () => {
    idp = await startIdp({ subjects: [alice, bob], intervalSeconds: 0.05 });
    stage = openPushStage(url, idp);
  });
  afterEach(async () => {
    await stage.close();
    await idp.close();
  });

  const wrong = (code: string) => (code === "000000" ? "000001" : "000000");
  /** Submits until the provider's interval lets somebody poll. */
  async function settled(ask: () => Promise<Outcome>): Promise<Outcome> {
    for (;;) {
      const outcome = await ask();
      if (outcome.outcome !== "pending") return outcome;
    }
  }
  const says = (outcome: Outcome) => ("says" in outcome ? outcome.says : JSON.stringify(outcome));

  it("counts as the provider's yes and the code together, and brings the token and what to spend", async () => {
    const started = await stage.begun(alice);
    assert.match(stage.latest(alice).text, /^\d{6} to approve: rollout restart deploy\/api -n prod$/);
    await idp.approve(stage.latest(alice).id);
    const outcome = await settled(() => stage.type(started, stage.codeOf(alice)));
    assert.ok(outcome.outcome === "approved" && outcome.evidence?.kind === "id-token");
    assert.deepEqual(outcome.claim, { stepUp: started.salt });
    assert.deepEqual(Object.keys(outcome.evidence), ["kind", "token"]);
  });

  it("is pending with the code alone, and with the yes alone is asked for the code", async () => {
    const started = await stage.begun(alice);
    assert.deepEqual(await stage.type(started, stage.codeOf(alice)), { outcome: "pending" });
    await idp.approve(stage.latest(alice).id);
    assert.deepEqual(await stage.type(started, ""), { outcome: "denied", because: "malformed-code" });
    assert.deepEqual(await stage.type(started, wrong(stage.codeOf(alice))), {
      outcome: "denied",
      because: "wrong-code",
    });
  });

  it("ends with the third wrong code, though the yes and the right code come after it", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    const code = stage.codeOf(alice);
    for (const _ of [1, 2]) await stage.type(started, wrong(code));
    const third = await stage.type(started, wrong(code));
    assert.ok(third.outcome === "insufficient" && third.because === "locked" && third.until);
    assert.equal((await stage.type(started, code)).outcome, "insufficient");
    assert.equal(refused(await stage.begin(alice)), "push-limit");
    assert.deepEqual(await stage.kinds(), ["push.begun", "authenticator.locked"]);
  });

  it("attack: counts for nobody but whom it was sent to, and costs them no try", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    for (const _ of [1, 2, 3])
      assert.match(says(await stage.type(started, "000000", { subject: bob })), /sent to somebody else/);
    assert.match(
      says(await stage.type(started, stage.codeOf(alice), { subject: bob })),
      /this push was sent to somebody else/,
    );
    assert.equal((await settled(() => stage.type(started, stage.codeOf(alice)))).outcome, "approved");
  });

  it("attack: counts for no other plan than the one it was sent for", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    const other = { digest: "f".repeat(64) };
    assert.match(says(await stage.type(started, stage.codeOf(alice), other)), /sent for something else/);
  });

  const odd = [
    ["somebody else's account", { as: bob }, /somebody else answered/],
    ["a weaker context", { acr: weakerAcr }, /acr urn:lab:acr:password, and it takes urn:lab:acr:phone/],
    ["a login from before", { authTime: Math.floor(Date.now() / 1000) - 60 }, /a login from before this push/],
  ] as const;
  for (const [what, how, words] of odd)
    it(`attack: counts for nothing where the yes is ${what}`, async () => {
      const started = await stage.begun(alice);
      await idp.approve(stage.latest(alice).id, how);
      assert.match(says(await settled(() => stage.type(started, stage.codeOf(alice)))), words);
      assert.equal((await stage.type(started, stage.codeOf(alice))).outcome, "expired");
    });

  it("is one answer however many processes ask at once: the token is taken once, and kept for the code", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    const [pushes, others] = [stage.webs[0].pushes, stage.webs[1].pushes];
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? pushes : others).look(started.salt)));
    assert.equal(idp.polls(), 1);
    const outcome = await stage.type(started, stage.codeOf(alice), {}, 1);
    assert.equal(outcome.outcome, "approved");
  });

  it("tells a no on the phone without anybody typing, whoever looks, and is a no for the code too", async () => {
    const started = await stage.begun(alice, "r-7");
    await idp.deny(stage.latest(alice).id);
    const about = await stage.webs[1].pushes.look(started.salt);
    assert.deepEqual([about?.subject, about?.request], [alice, "r-7"]);
    assert.deepEqual(await stage.type(started, stage.codeOf(alice)), { outcome: "denied", because: "declined" });
  });

  it("is disowned by its person alone; then it is fraud, and none is sent for a while", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    assert.equal(await stage.webs[0].pushes.disown(started.salt, bob), undefined);
    assert.equal((await stage.webs[1].pushes.disown(started.salt, alice))?.request, "r-1");
    assert.deepEqual(await stage.type(started, stage.codeOf(alice)), { outcome: "fraud" });
    assert.equal(refused(await stage.begin(alice)), "push-limit");
  });

  it("is over with its time, though the yes and the code come", async () => {
    const started = await stage.begun(alice);
    await idp.approve(stage.latest(alice).id);
    const key = `${stage.client.prefix}push:${started.salt}`;
    await stage.client.read((redis) => redis.hset(key, "expiresAt", Date.now() - 1));
    assert.deepEqual(await stage.type(started, stage.codeOf(alice)), { outcome: "expired" });
    const [{ authenticator }] = stage.webs;
    const challenge = { subject: alice, digest: "d".repeat(64), expiresAt: Date.now() + 60_000, triesLeft: 5 };
    const made = { by: "push", given: "123456", started: { ...started, salt: "made up" } } as const;
    assert.deepEqual(await authenticator.submit(challenge, made, Date.now()), { outcome: "expired" });
  });

  it("attack: shows neither code nor handle to who reads Redis, and does not open where it was moved", async () => {
    const mine = await stage.begun(alice);
    const code = stage.codeOf(alice);
    const theirs = await stage.begun(bob);
    const { prefix } = stage.client;
    const kept = await stage.client.read((redis) => redis.hgetall(`${prefix}push:${mine.salt}`));
    for (const secret of [code, stage.latest(alice).id]) assert.ok(!JSON.stringify(kept).includes(secret));
    await stage.client.read((redis) => redis.hset(`${prefix}push:${theirs.salt}`, "sealed", kept["sealed"] ?? ""));
    assert.equal((await stage.type(theirs, code)).outcome, "unavailable");
  });

  it("attack: is no yes where the process that took the token died before it was kept", async () => {
    const died: PushStage = openPushStage(url, idp, (sender: PushSender) => ({
      ...sender,
      async poll(handle) {
        const polled = await sender.poll(handle);
        if (polled.answer === "token") throw new Error("died");
        return polled;
      },
    }));
    try {
      const started = await died.begun(alice);
      await idp.approve(died.latest(alice).id);
      const type = () => died.type(started, died.codeOf(alice));
      assert.equal((await type()).outcome, "unavailable");
      await died.client.read((redis) => redis.del(`${died.client.prefix}push-turn:${started.salt}`));
      assert.equal((await settled(type)).outcome, "expired");
    } finally {
      await died.close();
    }
  });
});

function refused(answer: unknown): string | undefined {
  return isRefusal(answer) ? answer.refused : undefined;
}
