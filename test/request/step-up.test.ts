import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { passkeyAuthenticator } from "../../src/adapters/authenticators/passkey.ts";
import { sealingKey } from "../../src/adapters/authenticators/seal.ts";
import { stepUpLinks } from "../../src/adapters/authenticators/step-up-links.ts";
import { assertionCheck } from "../../src/adapters/witness/assertion.ts";
import { witnessOf } from "../../src/adapters/witness/witness.ts";
import type { Purpose } from "../../src/challenge/step-up.ts";
import { stepUpMs } from "../../src/challenge/step-up.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Request } from "../../src/request/request.ts";
import { createStepUps, type StepUpOffer, type StepUps } from "../../src/request/step-up.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { fakeAuthenticator } from "../fakes/authenticator.ts";
import { fakeDirectory } from "../fakes/directory.ts";
import { type Signing, type SoftPasskey, softPasskey } from "../fakes/passkey.ts";
import { accepted, alice, bob, openDesk, people, restartIn, type TestDesk } from "./desk.ts";

const origin = "https://countersign.example";

describe("a step-up on our own page", () => {
  const keys = new Map(["alice", "bob", "carol"].map((sub) => [sub, softPasskey()]));
  const keyOf = (sub: string) => keys.get(sub) ?? assert.fail(sub);
  let desk: TestDesk;
  let directory: ReturnType<typeof fakeDirectory>;
  let stepUps: StepUps;

  beforeEach(() => {
    directory = fakeDirectory(
      people.map((person) => {
        const passkey = keys.get(person.sub);
        return passkey ? { ...person, passkeys: [passkey] } : person;
      }),
    );
    desk = openDesk({
      authenticators: new Map(
        [passkeyAuthenticator(directory), fakeAuthenticator(["bob", "dora"])].map((one) => [one.name, one] as const),
      ),
      witness: witnessOf({ assertion: assertionCheck({ origin, directory }) }),
    });
    desk.tier("privileged", {
      stepUp: { bound: true },
      approvals: { count: 2, from: ["sre"], stepUp: { bound: true } },
    });
    const { lifecycle, store, trail } = desk;
    const links = stepUpLinks([sealingKey("k-1", randomBytes(32).toString("base64"))]);
    stepUps = createStepUps({ lifecycle, store, directory, links, trail });
  });

  const link = (request: Request, subject: string, purpose: Purpose) =>
    stepUps.start({ request: request.id, subject, purpose }, desk.clock.now());
  const offered = async (at: string): Promise<StepUpOffer> => {
    const offer = await stepUps.offer(at);
    return isRefusal(offer) ? assert.fail(`${offer.refused}: ${offer.says}`) : offer;
  };
  const assertion = ({ challenge }: { challenge: string }, passkey: SoftPasskey, signing: Partial<Signing> = {}) =>
    JSON.stringify(passkey.sign({ challenge, origin, ...signing }));
  const answer = (at: string, given: string, more: { typed?: string; why?: string } = {}) =>
    stepUps.answer(at, { by: "passkey", given, typed: "", why: "", ...more });
  const refusalOf = (done: Awaited<ReturnType<typeof answer>>) =>
    isRefusal(done) ? `${done.refused}: ${done.says}` : done.says;
  /** What the person sees and signs, with no other thought. */
  const goes = async (request: Request, sub: string, purpose: Purpose, more: { why?: string } = {}) => {
    const at = link(request, sub, purpose);
    return refusalOf(await answer(at, assertion(await offered(at), keyOf(sub)), more));
  };
  const asked = async () => desk.plans(await desk.asks(alice, restartIn("prod")));
  const proved = async () => {
    const request = await asked();
    await goes(request, "alice", "prove");
    return request;
  };

  it("leads a request of a bound tier to its grant, by the passkeys of three people", async () => {
    const request = await asked();
    assert.deepEqual(await desk.lifecycle.proverStanding(request, alice), { may: true, ways: ["passkey"] });
    assert.match(
      await goes(request, "alice", "prove"),
      /^Your presence is proved\. The request is awaiting approval\.$/,
    );
    assert.match(await goes(request, "bob", "approve"), /^Your approval is recorded\./);
    assert.match(await goes(request, "carol", "approve"), /^Your approval is recorded\. The request is granted\.$/);
  });

  it("shows who it is for, and the whole plan", async () => {
    const request = await asked();
    const { subject, purpose, sheet, passkeys } = await offered(link(request, "alice", "prove"));
    assert.deepEqual([subject, purpose, passkeys], ["alice", "prove", [keyOf("alice").id]]);
    assert.equal(sheet.headline, "Restart api in prod, cluster demo");
    assert.deepEqual([sheet.request, sheet.requester, sheet.reason], [request.id, "alice", request.reason]);
    assert.deepEqual(sheet.sections[0]?.[0], "Changes");
    assert.equal(sheet.digest, "digest" in request ? request.digest : undefined);
  });

  it("is offered as often as it is looked at, and uses nothing up by that", async () => {
    const at = link(await asked(), "alice", "prove");
    const first = await offered(at);
    assert.deepEqual(await offered(at), first);
    assert.match(refusalOf(await answer(at, assertion(first, keyOf("alice")))), /is proved/);
  });

  describe("refuses", () => {
    it("another person's passkey", async () => {
      const at = link(await proved(), "bob", "approve");
      const said = refusalOf(await answer(at, assertion(await offered(at), keyOf("carol"))));
      assert.match(said, /^evidence: .*does not list this passkey for bob/);
    });

    for (const [what, signing, why] of [
      ["an assertion without user verification", { verified: false }, /user could not be verified/],
      ["one from another origin", { origin: "https://countersign.evil" }, /on another page/],
      ["one over another challenge", { challenge: "c".repeat(43) }, /for something else/],
    ] as const)
      it(what, async () => {
        const request = await proved();
        const at = link(request, "bob", "approve");
        const said = refusalOf(await answer(at, assertion(await offered(at), keyOf("bob"), signing)));
        assert.match(said, why);
        assert.deepEqual(approvalsOf(await desk.now(request)), []);
      });

    it("a link that is older than ten minutes, to look at and to answer", async () => {
      const at = link(await proved(), "bob", "approve");
      const given = assertion(await offered(at), keyOf("bob"));
      desk.clock.pass(stepUpMs + 1);
      assert.match(refusalOf(await answer(at, given)), /^link-not-valid: /);
      assert.ok(isRefusal(await stepUps.offer(at)));
    });

    it("a link that was used", async () => {
      const request = await proved();
      const at = link(request, "bob", "approve");
      const offer = await offered(at);
      assert.match(refusalOf(await answer(at, assertion(offer, keyOf("bob")))), /recorded/);
      assert.match(refusalOf(await answer(at, assertion(offer, keyOf("bob")))), /^already-approved: /);
      assert.equal(approvalsOf(await desk.now(request)).length, 1);
    });

    it("an assertion that counted once, wherever it is brought again", async () => {
      const request = await asked();
      const first = link(request, "alice", "prove");
      const given = assertion(await offered(first), keyOf("alice"));
      assert.match(refusalOf(await answer(first, given)), /is proved/);
      const other = await asked();
      assert.match(refusalOf(await answer(link(other, "alice", "prove"), given)), /for something else/);
    });

    it("one assertion for two answers at once", async () => {
      const request = await proved();
      const at = link(request, "bob", "approve");
      const given = assertion(await offered(at), keyOf("bob"));
      const said = (await Promise.all([answer(at, given), answer(at, given)])).map(refusalOf);
      assert.equal(said.filter((one) => one.startsWith("Your approval is recorded")).length, 1, said.join(" / "));
      assert.equal(approvalsOf(await desk.now(request)).length, 1);
    });

    it("a yes to a plan that is another one by now", async () => {
      const request = await proved();
      const at = link(request, "bob", "approve");
      const given = assertion(await offered(at), keyOf("bob"));
      const { request: stored, version } = (await desk.store.read(request.id)) ?? assert.fail();
      const event = { kind: "plan.failed", request: request.id, why: "a thief" } as const;
      const next = { ...stored, digest: "0".repeat(64) } as Request;
      await desk.store.keep({ operationId: "thief", next, expect: version, event });
      assert.match(refusalOf(await answer(at, given)), /for something else/);
    });

    it("the requester's own yes, and one of somebody who may not say it; both stand in the trail", async () => {
      const request = await proved();
      for (const [sub, code] of [
        ["alice", "own-request"],
        ["erin", "not-an-approver"],
      ] as const) {
        const offer = await stepUps.offer(link(request, sub, "approve"));
        assert.equal(isRefusal(offer) && offer.refused, code);
        const said = refusalOf(
          await answer(link(request, sub, "approve"), assertion({ challenge: "YQ" }, keyOf("alice"))),
        );
        assert.match(said, new RegExp(`^${code}: `));
        assert.ok(
          desk.records.trail.events.some((one) => one.kind === "approval.refused" && one.subject === sub),
          sub,
        );
      }
    });

    it("who has no passkey that counts, and says what would do", async () => {
      const offer = await stepUps.offer(link(await proved(), "dora", "approve"));
      assert.ok(isRefusal(offer));
      assert.match(`${offer.says} ${offer.remedy}`, /no way to prove presence .* enrol you for a passkey/);
    });

    it("a link that nobody made, and one for a person the directory does not know any more", async () => {
      const request = await proved();
      for (const at of ["", "forged.link", `${link(request, "bob", "approve")}x`])
        assert.ok(isRefusal(await stepUps.offer(at)), at);
      const at = link(request, "bob", "approve");
      directory.remove("bob");
      assert.match(refusalOf(await answer(at, "{}")), /^link-not-valid: /);
    });
  });

  describe("of what removes something", () => {
    const removal = {
      kind: "delete-pod",
      cluster: "demo",
      target: { kind: "Pod", namespace: namespace("prod"), name: name("api-1") },
    } as const;

    it("counts only once the name of it was typed, letter by letter", async () => {
      const request = await desk.plans(await desk.asks(alice, removal));
      const at = link(request, "alice", "prove");
      const offer = await offered(at);
      assert.equal(offer.toType, "api-1");
      const given = assertion(offer, keyOf("alice"));
      for (const typed of ["", "api", "API-1"])
        assert.match(refusalOf(await answer(at, given, { typed })), /^bad-arguments: /, typed);
      assert.match(refusalOf(await answer(at, given, { typed: "api-1" })), /is proved/);
    });
  });

  it("takes a person's word on what came of it, with how they know, and for that word alone", async () => {
    const request = await proved();
    for (const sub of ["bob", "carol"]) await goes(request, sub, "approve");
    const leaseUntil = desk.clock.now() + 30_000;
    const outcome = { at: desk.clock.now(), says: "Nobody knows.", apiAuditIds: [] };
    for (const event of [
      { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } },
      { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil },
      { type: "finished", fence: 1, as: "unknown", outcome },
    ] as const)
      accepted(await desk.mover.move(request.id, () => ({ event })));
    const [ran, not] = [link(request, "bob", "ran"), link(request, "bob", "did-not-run")];
    const given = assertion(await offered(ran), keyOf("bob"));
    assert.match(refusalOf(await answer(not, given, { why: "seen" })), /for something else/);
    assert.match(refusalOf(await answer(ran, given)), /^bad-arguments: .*reason/);
    assert.match(refusalOf(await answer(ran, given, { why: "the pods are new" })), /^What you said is recorded\./);
  });

  it("is not the place where no proof is asked for, or where only a code counts", async () => {
    desk.tier("privileged", { stepUp: { by: ["totp"] }, approvals: { count: 1, from: ["sre"] } });
    const offer = await stepUps.offer(link(await desk.plans(await desk.asks(bob, restartIn("prod"))), "bob", "prove"));
    assert.equal(isRefusal(offer) && offer.remedy, "Prove presence in Slack's form.");
  });
});

function approvalsOf(request: Request): readonly unknown[] {
  return "approvals" in request ? (request.approvals ?? []) : [];
}
