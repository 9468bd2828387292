import assert from "node:assert/strict";
import { canonical, sha256 } from "../../src/audit/canonical.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { mostLooks, type Request, settlementStatement, type Unknown } from "../../src/request/request.ts";
import { attestor } from "../fakes/attestor.ts";
import { responseAt, typed } from "../fakes/authenticator.ts";
import { labPolicy } from "../fakes/policy.ts";
import { accepted, alice, bob, carol, dora, erin, openDesk, refusalOf, restartIn, type TestDesk } from "./desk.ts";
import { inState } from "./samples.ts";

describe("settling what nobody knows", () => {
  let desk: TestDesk;
  let timeStep: number;
  beforeEach(() => {
    timeStep = 0;
    desk = openDesk();
  });

  /** Alice's request there, granted, begun, and of an outcome that no worker could tell. */
  async function unknownIn(place: string): Promise<Unknown> {
    const request = await desk.asksAndProves(alice, restartIn(place), ++timeStep);
    const approvers = { staging: [], prod: [carol], payments: [bob, dora] }[place] ?? [];
    for (const approver of approvers)
      accepted(await desk.lifecycle.approve(request.id, approver, responseAt(approver.sub, 1)));
    const leaseUntil = desk.clock.now() + 30_000;
    const outcome = {
      at: desk.clock.now(),
      says: "The cluster did not say whether it was done.",
      apiAuditIds: ["a-1"],
    };
    for (const event of [
      { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } },
      { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil },
      { type: "finished", fence: 1, as: "unknown", outcome },
    ] as const)
      accepted(await desk.mover.move(request.id, () => ({ event })));
    return inState(await desk.now(request), "unknown");
  }
  const says = (request: Request, subject = bob, step = 5, as: "ran" | "did-not-run" = "ran") =>
    desk.lifecycle.settle(request.id, subject, {
      as,
      why: "the pods are new",
      response: responseAt(subject.sub, step),
    });
  const standing = (request: Request, subject = bob) =>
    desk.lifecycle.settlerStanding(request, subject, { as: "ran", now: desk.clock.now() });
  const trail = () => desk.records.trail.events;

  it("ends the request by an approver's word, which is signed, proved and not taken for an outcome", async () => {
    const request = await unknownIn("prod");
    const settled = inState(accepted(await says(request)), "settled");
    const { signature, proof, ...said } = settled.settlement;
    assert.deepEqual(said, { as: "ran", subject: "bob", at: desk.clock.now(), why: "the pods are new" });
    assert.deepEqual(settled.outcome, request.outcome);
    assert.ok(proof && attestor.holds(settlementStatement(settled, { ...said, proof }), signature));
    const sentence = { v: "countersign.settling.v1", request: request.id, digest: request.digest, as: "ran" };
    assert.equal(proof.digest, sha256(canonical(sentence)));
    const entry = trail().at(-1);
    assert.ok(entry?.kind === "settlement.given");
    assert.deepEqual([entry.subject, entry.as, entry.why], ["bob", "ran", "the pods are new"]);
  });

  it("takes no word of the requester, in any tier", async () => {
    for (const place of ["prod", "staging"]) {
      const request = await unknownIn(place);
      const no = await says(request, alice, 8);
      assert.ok(isRefusal(no) && no.refused === "own-request" && no.remedy?.startsWith("It takes somebody"));
      assert.equal((await desk.now(request)).state, "unknown");
    }
  });

  it("takes no word of one who may not approve in its tier, and names the groups that may", async () => {
    const request = await unknownIn("prod");
    const no = await says(request, erin);
    assert.ok(isRefusal(no) && no.refused === "not-an-approver" && no.remedy === "It takes somebody of sre.");
    assert.deepEqual(await standing(request, erin), { may: false, refusal: no });
  });

  it("takes the word of somebody else who may ask for the same, where the tier asks for no approval", async () => {
    const request = await unknownIn("staging");
    const no = await says(request, carol);
    assert.ok(
      isRefusal(no) && no.refused === "not-permitted" && no.remedy === "It takes somebody else who may ask for it.",
    );
    assert.equal(accepted(await says(request, bob)).state, "settled");
  });

  it("goes by the tier that was granted, as the policy has it now", async () => {
    const request = await unknownIn("prod");
    desk.tier("privileged", { approvals: { count: 1, from: ["security"] } });
    assert.equal(refusalOf(await says(request)), "not-an-approver");
    desk.policy.replace({ ...labPolicy, tiers: labPolicy.tiers.filter(({ name }) => name !== "privileged") });
    assert.equal(refusalOf(await says(request)), "forbidden");
  });

  it("asks for a code of its own: the proof of an approval, or of the other answer, does not stand for it", async () => {
    const request = await unknownIn("prod");
    // Carol approved this very plan.
    assert.deepEqual(await standing(request, carol), { may: true, ways: ["totp"] });
    const no = await desk.lifecycle.settle(request.id, carol, { as: "ran", why: "seen" });
    assert.equal(refusalOf(no), "proof-needed");
    assert.equal(refusalOf(await says(request, carol, 1)), "code-already-used");
  });

  it("asks for no code where the tier lets a fresh proof count again", async () => {
    const request = await unknownIn("payments");
    assert.deepEqual(await standing(request), { may: true, ways: [] });
    assert.equal(accepted(await desk.lifecycle.settle(request.id, bob, { as: "ran", why: "seen" })).state, "settled");
  });

  it("counts wrong codes of each person, and ends that person's tries with the fifth", async () => {
    const request = await unknownIn("prod");
    const wrong = () => desk.lifecycle.settle(request.id, bob, { as: "ran", why: "seen", response: typed("000000") });
    for (let i = 0; i < 5; i++) assert.equal(refusalOf(await wrong()), "wrong-code");
    assert.equal(refusalOf(await says(request)), "locked");
    assert.deepEqual(inState(await desk.now(request), "unknown").wrongCodes, { bob: 5 });
    const settled = accepted(await says(request, carol));
    assert.ok(settled.state === "settled" && !("wrongCodes" in settled));
    assert.equal(trail().filter(({ kind }) => kind === "proof.refused").length, 5);
  });

  it("needs a reason, and happens once", async () => {
    const request = await unknownIn("prod");
    const bare = await desk.lifecycle.settle(request.id, bob, { as: "ran", why: " ", response: responseAt("bob", 5) });
    assert.equal(refusalOf(bare), "bad-arguments");
    const both = await Promise.all([says(request, bob, 5), says(request, carol, 5, "did-not-run")]);
    assert.equal(both.filter(isRefusal).length, 1);
    assert.equal(refusalOf(await says(request, dora)), "not-in-this-state");
    assert.equal(trail().filter(({ kind }) => kind === "settlement.given").length, 1);
  });

  it("is not for a request of another state", async () => {
    const request = await desk.asksAndProves(alice, restartIn("prod"));
    const no = await says(request);
    assert.ok(isRefusal(no) && no.refused === "not-in-this-state" && /awaiting approval/.test(no.says));
    assert.equal(refusalOf(await desk.lifecycle.lookAgain(request.id, bob)), "not-in-this-state");
  });

  describe("looking again", () => {
    it("may be asked for by the requester and by whoever may settle it, and makes it the workers' turn", async () => {
      const request = await unknownIn("prod");
      assert.equal(refusalOf(await desk.lifecycle.lookAgain(request.id, erin)), "not-an-approver");
      for (const [i, subject] of [alice, bob].entries()) {
        accepted(await desk.lifecycle.lookAgain(request.id, subject));
        assert.deepEqual(await desk.store.waiting("worker:demo", 0, 10), []);
        desk.clock.pass(2_000);
        assert.deepEqual(await desk.store.waiting("worker:demo", 0, 10), [request.id]);
        assert.equal(refusalOf(await desk.lifecycle.lookAgain(request.id, bob)), "not-in-this-state");
        const event = { type: "looked", look: i, as: "unknown", says: "The object does not show it." } as const;
        accepted(await desk.mover.move(request.id, () => ({ event })));
      }
      const { looks } = inState(await desk.now(request), "unknown");
      assert.deepEqual(
        looks?.map(({ by, found }) => [by, found?.says]),
        [
          ["alice", "The object does not show it."],
          ["bob", "The object does not show it."],
        ],
      );
    });

    it("is refused while no worker serves the cluster, and after the tenth time", async () => {
      const request = await unknownIn("prod");
      desk.presence.leave("demo");
      const away = await desk.lifecycle.lookAgain(request.id, bob);
      assert.ok(isRefusal(away) && /No worker for the cluster demo/.test(away.says));
      await desk.presence.serve(["demo"], 60_000);
      for (let look = 0; look < mostLooks; look++) {
        accepted(await desk.lifecycle.lookAgain(request.id, bob));
        const event = { type: "looked", look, as: "unknown", says: "in vain" } as const;
        accepted(await desk.mover.move(request.id, () => ({ event })));
      }
      const no = await desk.lifecycle.lookAgain(request.id, bob);
      assert.ok(isRefusal(no) && /looked at 10 times already/.test(no.says));
    });

    it("does not keep a person from settling it meanwhile, and then comes to nothing", async () => {
      const request = await unknownIn("prod");
      accepted(await desk.lifecycle.lookAgain(request.id, bob));
      accepted(await says(request, bob));
      const event = { type: "looked", look: 0, as: "succeeded", says: "done" } as const;
      assert.equal(refusalOf(await desk.mover.move(request.id, () => ({ event }))), "not-in-this-state");
    });
  });

  describe("attack: a thief of Redis edits the record to choose who may settle it", () => {
    const edits: readonly (readonly [what: string, edit: (request: Unknown, other: Unknown) => Unknown])[] = [
      ["the tier of the grant", (r) => ({ ...r, grant: { ...r.grant, grant: { ...r.grant.grant, tier: "guarded" } } })],
      ["the requester", (r) => ({ ...r, requester: "erin" })],
      ["the operation", (r) => ({ ...r, operation: restartIn("staging") })],
      ["the digest", (r) => ({ ...r, digest: "0".repeat(64) })],
      [
        "grant and digest, by those of a request of a lower tier",
        (r, other) => ({ ...r, grant: other.grant, digest: other.digest }),
      ],
    ];
    for (const [what, edit] of edits)
      it(`${what}: nobody can settle it any more`, async () => {
        const request = edit(await unknownIn("prod"), await unknownIn("staging"));
        const may = await standing(request, bob);
        assert.ok(!may.may && may.refusal.refused === "grant-does-not-hold", JSON.stringify(may));
        const requester = await standing(request, alice);
        assert.ok(!requester.may);
      });
  });
});
