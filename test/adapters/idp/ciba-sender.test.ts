import assert from "node:assert/strict";
import { cibaSender } from "../../../src/adapters/idp/ciba-sender.ts";
import { presets } from "../../../src/policy/provider-presets.ts";
import type { PushSender, Sent } from "../../../src/ports/push.ts";
import { phoneAcr } from "../../lab/idp/contexts.ts";
import { type Idp, startIdp } from "../../lab/idp/idp.ts";
import { type StrangeProvider, startStrangeProvider } from "../../lab/idp/strange-provider.ts";

const alice = "alice@example.com";
const text = { code: "482913", intent: "to approve", command: "rollout restart deploy/api -n prod" };

function senderTo(issuer: string, secret: string): PushSender {
  const push = presets.generic.push;
  assert.ok(push);
  const provider = {
    preset: "generic",
    issuer,
    clientId: "countersign",
    clientAuth: "basic",
    acr: [phoneAcr],
  } as const;
  return cibaSender({ ...provider, push }, { secret, plain: true });
}

async function sent(sender: PushSender, subject = alice): Promise<Sent> {
  const answer = await sender.send({ subject, ...text });
  assert.ok("handle" in answer, JSON.stringify(answer));
  return answer;
}

describe("pushes by CIBA", () => {
  describe("through a certified provider", () => {
    let idp: Idp;
    let sender: PushSender;
    before(async () => {
      idp = await startIdp({ subjects: [alice, "bob@example.com"] });
    });
    beforeEach(() => {
      sender = senderTo(idp.issuer, idp.clientSecret);
    });
    after(() => idp.close());
    const latest = () => idp.inbox(alice).at(-1) ?? assert.fail("nothing came");

    it("reach the person's phone with our text, and are pending until they answer", async () => {
      const { handle, intervalMs, forMs } = await sent(sender);
      assert.equal(latest().text, "482913 to approve: rollout restart deploy/api -n prod");
      assert.deepEqual([intervalMs, forMs], [1_000, 120_000]);
      assert.deepEqual(await sender.poll(handle), { answer: "pending" });
    });

    it("are asked for more slowly where the provider says so", async () => {
      const { handle } = await sent(sender);
      await sender.poll(handle);
      assert.deepEqual(await sender.poll(handle), { answer: "slower" });
    });

    it("bring the token of a yes, with who, how and when, and bring it once", async () => {
      const { handle } = await sent(sender);
      await idp.approve(latest().id, { authTime: 1_800_000_000 });
      const polled = await sender.poll(handle);
      assert.ok(polled.answer === "token");
      const { token, ...claims } = polled.token;
      assert.match(token, /^eyJ/);
      assert.deepEqual(claims, { subject: alice, acr: phoneAcr, amr: ["swk"], authenticatedAt: 1_800_000_000_000 });
      assert.deepEqual(await sender.poll(handle), { answer: "expired" });
    });

    it("bring the no of a person as their no", async () => {
      const { handle } = await sent(sender);
      await idp.deny(latest().id);
      assert.deepEqual(await sender.poll(handle), { answer: "declined" });
    });

    it("are not sent to who is unknown, nor by who gives a wrong secret", async () => {
      const unknown = await sender.send({ subject: "mallory", ...text });
      assert.deepEqual(unknown, { notSent: "unknown-person", because: "unknown_user_id" });
      const wrong = await senderTo(idp.issuer, "another secret").send({ subject: alice, ...text });
      assert.ok("notSent" in wrong && wrong.notSent === "refused");
    });

    it("are asked about in vain by one who has no handle of ours", async () => {
      assert.deepEqual(await sender.poll("made up"), { answer: "expired" });
    });
  });

  describe("through a provider that is not as it should be", () => {
    let strange: StrangeProvider;
    beforeEach(async () => {
      strange = await startStrangeProvider();
    });
    afterEach(() => strange.close());
    const polled = async () => senderTo(strange.issuer, "secret").poll("handle");

    it("attack: take no token whose signature somebody forged", async () => {
      strange.token = await strange.sign({ sub: alice, acr: phoneAcr }, { forged: true });
      assert.deepEqual(await polled(), { answer: "expired" });
      strange.token = await strange.sign({ sub: alice, acr: phoneAcr });
      assert.equal((await polled()).answer, "token");
    });

    it("attack: take no token of another issuer, for another client, or past its time", async () => {
      for (const odd of [
        { iss: "https://other.example.com" },
        { aud: "another-client" },
        { exp: Math.floor(Date.now() / 1000) - 3_600 },
      ]) {
        strange.token = await strange.sign({ sub: alice, acr: phoneAcr, ...odd });
        assert.deepEqual(await polled(), { answer: "expired" }, JSON.stringify(odd));
      }
    });

    it("take no answer without an ID token for a yes", async () => {
      strange.token = undefined;
      assert.deepEqual(await polled(), { answer: "expired" });
    });

    it("stay pending while the provider fails or is away, and are never a yes", async () => {
      strange.status = 500;
      assert.ok(["pending", "slower"].includes((await polled()).answer));
      await strange.close();
      assert.deepEqual(await polled(), { answer: "pending" });
      const sending = await senderTo(strange.issuer, "secret").send({ subject: alice, ...text });
      assert.deepEqual(sending, { notSent: "unavailable", because: "no answer" });
    });
  });
});
