import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { enrolmentLinks } from "../../src/adapters/authenticators/links.ts";
import { readSealingKeys } from "../../src/adapters/authenticators/seal.ts";
import { openState } from "../../src/adapters/redis/redis.ts";
import { redisRegistrations } from "../../src/adapters/redis/registrations.ts";
import { type Assertion, challengeOf } from "../../src/challenge/evidence.ts";
import type { AwaitingChallenge } from "../../src/request/request.ts";
import { type SoftPasskey, softPasskey } from "../fakes/passkey.ts";
import { onStage } from "../journeys/stage.ts";
import { ask, reach } from "../lab/acting.ts";
import { boundPolicy, listPasskeys } from "../lab/passkeys.ts";
import { alice, bob, carol, incident, type LabPersonage } from "../lab/people.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";
import { grantItself } from "./self-grant.ts";

/** Whose proof, for which plan; answers what stands in the record for it. */
type Evidencing = (sub: string, digest: string) => Assertion | undefined;

/** The thief has all that the web process has: its signing key, its sealing key, Slack's tokens and Redis. */
describe("attack: a captured web process", function () {
  this.timeout(60_000);
  const theirs = new Map([alice, bob, carol].map((person): [LabPersonage, SoftPasskey] => [person, softPasskey()]));
  const keyOf = (sub: string) => [...theirs].find(([person]) => person.sub === sub)?.[1] ?? assert.fail(sub);
  const stage = onStage({ policy: boundPolicy() });
  let thief: RedisThief;

  before("people have passkeys, and the web process is the thief's", async () => {
    const { lab } = stage();
    thief = redisThief(lab);
    await listPasskeys(lab, new Map([...theirs].map(([person, passkey]) => [person, [passkey]])));
  });
  after(() => thief?.close());

  /** What a person's passkey signs for a plan they have seen. */
  const signed = (passkey: SoftPasskey, sub: string, digest: string): Assertion => {
    const { lab } = stage();
    const binding = { salt: randomBytes(32).toString("base64url"), expiresAt: Date.now() + 300_000 };
    const challenge = challengeOf({ subject: sub, digest }, binding);
    const { id, response } = passkey.sign({ challenge, origin: lab.pagesUrl });
    return { kind: "assertion", binding, credential: id, ...response };
  };

  /** A request of Alice's as the policy has decided it, before anybody proved anything. */
  const asked = async (line: string) => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    return (await reach(lab, id, "awaiting-challenge")) as AwaitingChallenge;
  };

  /** Has everybody's passkey asked, and says of those that show nothing that they typed a code. */
  const granted = (request: AwaitingChallenge, approvers: readonly LabPersonage[], evidencing: Evidencing) =>
    grantItself(stage().lab, thief, request, {
      approvers: approvers.map(({ sub }) => sub),
      claim(sub) {
        const evidence = evidencing(sub, request.digest);
        return evidence ? { authenticator: "passkey", evidence } : { authenticator: "totp" };
      },
    });

  const payments = "/k8s rollout restart deploy/checkout -n prod -- by a thief";
  const inVain: readonly (readonly [what: string, evidencing: Evidencing, why: RegExp])[] = [
    ["without evidence", () => undefined, /the proof of alice@example\.com is not what this tier asks for/],
    [
      "with evidence that everybody gave for another plan",
      (sub) => signed(keyOf(sub), sub, "0".repeat(64)),
      /the proof of alice@example\.com does not stand up: it was signed for something else/,
    ],
    [
      "with evidence by passkeys of the thief's own",
      (sub, digest) => signed(softPasskey(), sub, digest),
      /the proof of alice@example\.com does not stand up: the directory does not list this passkey/,
    ],
    [
      "with evidence by the thief's own key under the id of a passkey that is listed",
      (sub, digest) => signed({ ...keyOf(sub), sign: signAs(softPasskey(), keyOf(sub).id) }, sub, digest),
      /the proof of alice@example\.com does not stand up: its signature does not hold/,
    ],
    [
      "with one true yes and a false one",
      (sub, digest) => signed(sub === carol.sub ? softPasskey() : keyOf(sub), sub, digest),
      /the proof of carol@example\.com does not stand up/,
    ],
  ];
  for (const [what, evidencing, why] of inVain)
    it(`runs nothing of a tier that asks for bound proof, ${what}; the record says why`, async () => {
      const { executions } = stage();
      const before = executions();
      const over = await granted(await asked(payments), [bob, carol], evidencing);
      assert.equal(over.state, "denied");
      assert.match("ended" in over ? over.ended.why : JSON.stringify(over), why);
      assert.equal(executions(), before);
    });

  it("runs nothing by a passkey that it registered itself, through a link that it made itself", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const own = softPasskey();
    const link = enrolmentLinks(readSealingKeys(lab.secrets.sealingKey, []), "passkey").make(bob.sub);
    const state = openState({ url: lab.redis.url, prefix: lab.prefix });
    try {
      const registrations = redisRegistrations(state, (event) => ({ event, writer: "web@captured/1", clock: 1 }));
      await registrations.issue(link, bob.sub, 60_000, "root@captured");
      assert.ok(await registrations.register(link, bob.sub, own));
    } finally {
      await state.close();
    }
    const { stdout } = await lab.cli("enrol", "passkeys", bob.sub);
    assert.ok(stdout.includes(own.id), "an administrator would see it");
    const over = await granted(await asked(payments), [bob, carol], (sub, digest) =>
      signed(sub === bob.sub ? own : keyOf(sub), sub, digest),
    );
    assert.match(
      "ended" in over ? over.ended.why : JSON.stringify(over),
      /the proof of bob@example\.com does not stand up: the directory does not list this passkey/,
    );
    assert.equal(executions(), before);
  });

  it("runs what everybody's passkeys signed for: the worker asks for them and for no more", async () => {
    const { executions } = stage();
    const before = executions();
    const over = await granted(await asked(payments), [bob, carol], (sub, digest) => signed(keyOf(sub), sub, digest));
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.ok(executions() > before);
  });

  it("does run what it grants itself in a tier without bound proof: that is why there is bound proof", async () => {
    const { executions } = stage();
    const before = executions();
    const request = await asked("/k8s rollout restart deploy/api -n prod -- by a thief");
    const over = await granted(request, [bob], () => undefined);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.ok(executions() > before);
  });
});

/** Signs with this passkey and says that it was the one of that id. */
function signAs(passkey: SoftPasskey, id: string): SoftPasskey["sign"] {
  return (signing) => ({ ...passkey.sign(signing), id });
}
