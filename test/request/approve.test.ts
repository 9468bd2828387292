import assert from "node:assert/strict";
import type { Authenticator } from "../../src/ports.ts";
import { approve, cancel, deny, standing } from "../../src/request/approve.ts";
import { scopeOf } from "../../src/request/proof-scope.ts";
import type { Request } from "../../src/request/request.ts";
import { signedApproval, signedProof } from "../fakes/attestor.ts";
import { codeAt, fakeAuthenticator, responseAt, typed } from "../fakes/authenticator.ts";
import { meddledStore } from "../fakes/meddled-store.ts";
import {
  alice,
  bob,
  carol,
  dora,
  erin,
  openDesk,
  people,
  raised,
  refusalOf,
  restartIn,
  type TestDesk,
} from "./desk.ts";
import { inState, requestEnd } from "./samples.ts";

const wrong = "000000";

describe("approve", () => {
  let desk: TestDesk;
  let request: Request;
  let submitted: string[];
  beforeEach(async () => {
    submitted = [];
    const inner = fakeAuthenticator(people.map(({ sub }) => sub));
    const authenticator: Authenticator = {
      ...inner,
      submit(challenge, response, now) {
        submitted.push(challenge.subject);
        return inner.submit(challenge, response, now);
      },
    };
    desk = openDesk({ authenticators: new Map([["totp", authenticator]]) });
    request = await desk.asksAndProves(alice, restartIn("payments"));
    submitted.length = 0;
  });

  const approves = (subject = bob, code = codeAt(subject.sub, 3)) => approve(desk, request.id, subject, typed(code));
  const open = async () => inState(await desk.now(request), "awaiting-approval");

  it("counts an approver's yes with the proof they gave for this very plan", async () => {
    const [approval, ...more] = inState((await approves()) as Request, "awaiting-approval").approvals;
    const { digest, decision, plan } = await open();
    const at = desk.clock.now();
    const scope = scopeOf(decision.tier, plan);
    const proof = signedProof({ authenticator: "totp", subject: "bob", digest, at, request: request.id, scope });
    assert.deepEqual([approval, more], [signedApproval(request.id, { subject: "bob", at, digest, proof }), []]);
  });

  it("asks for a code of the approver's own", async () => {
    assert.equal(refusalOf(await approve(desk, request.id, bob, undefined)), "proof-needed");
    assert.equal(refusalOf(await approves(bob, codeAt("alice", 9))), "wrong-code");
    assert.equal((await open()).approvals.length, 0);
  });

  const nobodies = [
    [alice, "own-request"],
    [erin, "not-an-approver"],
  ] as const;
  for (const [subject, code] of nobodies)
    it(`says ${code} to ${subject.sub}, and looks at no code`, async () => {
      assert.equal(refusalOf(await approves(subject)), code);
      assert.deepEqual([submitted, (await open()).approvals], [[], []]);
    });

  it("refuses the requester also where they are of an approving group", async () => {
    const own = await desk.asksAndProves(bob, restartIn("payments"));
    assert.equal(refusalOf(await approve(desk, own.id, bob, responseAt("bob", 4))), "own-request");
  });

  it("counts one person once, however often and however fast they press", async () => {
    const answers = await Promise.all([3, 4, 5].map((step) => approves(bob, codeAt("bob", step))));
    assert.equal(answers.filter((answer) => refusalOf(answer) === undefined).length, 1);
    assert.equal(refusalOf(await approves(bob, codeAt("bob", 9))), "already-approved");
    assert.equal((await open()).approvals.length, 1);
  });

  it("lets two people approve at the same moment", async () => {
    await Promise.all([approves(bob), approves(carol)]);
    assert.deepEqual((await open()).approvals.map(({ subject }) => subject).sort(), ["bob", "carol"]);
  });

  it("costs no try for what is no code", async () => {
    assert.equal(refusalOf(await approves(bob, "hunter2")), "malformed-code");
    assert.deepEqual((await open()).wrongCodes, {});
  });

  it("locks an approver out after five wrong codes, and nobody else", async () => {
    for (let i = 0; i < 5; i++) assert.equal(refusalOf(await approves(bob, wrong)), "wrong-code");
    assert.deepEqual((await open()).wrongCodes, { bob: 5 });
    assert.equal(refusalOf(await approves(bob)), "locked");
    assert.equal(submitted.length, 5);
    assert.equal(refusalOf(await approves(carol)), undefined);
  });

  it("takes no right code behind five wrong ones, all pressed at once", async () => {
    const wrongs = Array.from({ length: 5 }, () => approves(bob, wrong));
    const answers = await Promise.all([...wrongs, approves(bob)]);
    assert.deepEqual(answers.map(refusalOf), [...Array<string>(5).fill("wrong-code"), "locked"]);
  });

  it("counts a wrong code that lost a race, and asks the authenticator once", async () => {
    const meddled = desk.over(
      meddledStore(desk.store, async (_, count) => (count === 1 ? approves(carol) : undefined)),
    );
    assert.equal(refusalOf(await approve(meddled, request.id, bob, typed(wrong))), "wrong-code");
    assert.deepEqual([(await open()).wrongCodes, submitted], [{ bob: 1 }, ["bob", "carol"]]);
  });

  it("takes one code for two requests once", async () => {
    const second = await desk.asksAndProves(alice, restartIn("prod"), 2);
    const answers = await Promise.all([request, second].map(({ id }) => approve(desk, id, bob, responseAt("bob", 3))));
    assert.deepEqual(answers.map(refusalOf).sort(), ["code-already-used", undefined]);
  });

  it("uses a proof given within the window that the tier allows, but not after", async () => {
    await approves(bob);
    const second = await desk.asksAndProves(alice, restartIn("payments"), 2);
    desk.clock.pass(300_000);
    assert.equal(refusalOf(await approve(desk, second.id, bob, undefined)), undefined);
    const third = await desk.asksAndProves(alice, restartIn("payments"), 4);
    // Using it did not make it younger.
    desk.clock.pass(1);
    assert.equal(refusalOf(await approve(desk, third.id, bob, undefined)), "proof-needed");
  });

  it("uses no earlier proof where the tier asks for one for this very request", async () => {
    await approves(bob);
    const second = await desk.asksAndProves(alice, restartIn("prod"), 2);
    assert.equal(refusalOf(await approve(desk, second.id, bob, undefined)), "proof-needed");
  });

  it("is too late once the request has lapsed, also on the way", async () => {
    const slow = desk.over(meddledStore(desk.store, async () => desk.clock.pass(requestEnd)));
    assert.equal(refusalOf(await approve(slow, request.id, bob, responseAt("bob", 3))), "too-late");
    assert.equal(refusalOf(await approves(carol)), "too-late");
    assert.equal((await open()).approvals.length, 0);
  });

  it("ends the request where the policy says no by now, or the requester is gone", async () => {
    const second = await desk.asksAndProves(alice, restartIn("payments"), 2);
    desk.directory.remove("alice");
    await approves(bob);
    assert.equal(inState(await desk.now(request), "denied").ended.by, "directory");
    desk.directory.put(alice);
    desk.policy.replace(raised("forbidden"));
    await approve(desk, second.id, bob, responseAt("bob", 3));
    assert.equal(inState(await desk.now(second), "denied").ended.by, "freeze");
  });

  describe("standing", () => {
    const stand = async (subject = bob) => standing(desk, await desk.now(request), subject, desk.clock.now());

    it("says who may not, by the same rules as the approval itself", async () => {
      for (const [subject, code] of nobodies) {
        const found = await stand(subject);
        assert.equal(found.may ? undefined : found.refusal.refused, code);
      }
    });

    it("says whether a code is needed", async () => {
      assert.deepEqual(await stand(), { may: true, ways: ["totp"] });
      const second = await desk.asksAndProves(alice, restartIn("payments"), 2);
      await approve(desk, second.id, bob, responseAt("bob", 3));
      assert.deepEqual(await stand(), { may: true, ways: [] });
      desk.tier("critical", { stepUp: {}, approvals: { count: 2, from: ["sre"] } });
      const third = await desk.asksAndProves(alice, restartIn("payments"), 4);
      assert.deepEqual(await standing(desk, third, dora, desk.clock.now()), { may: true, ways: [] });
    });

    it("says that there is nothing to approve", async () => {
      await desk.lifecycle.cancel(request.id, alice, "");
      const found = await stand();
      assert.equal(found.may ? undefined : found.refusal.refused, "not-in-this-state");
    });
  });

  describe("deny", () => {
    it("ends the request at once with the reason, and needs no code", async () => {
      const { ended } = inState((await deny(desk, request.id, bob, "not during the sale")) as Request, "denied");
      assert.deepEqual([ended.by, ended.why], ["bob", "not during the sale"]);
      assert.deepEqual(submitted, []);
    });

    it("is open to one who approved before, and changed their mind", async () => {
      await approves(bob);
      assert.equal(refusalOf(await deny(desk, request.id, bob, "wait")), undefined);
    });

    it("needs a reason, and somebody who may approve", async () => {
      assert.equal(refusalOf(await deny(desk, request.id, bob, "  ")), "bad-arguments");
      for (const [subject, code] of nobodies)
        assert.equal(refusalOf(await deny(desk, request.id, subject, "no")), code);
      assert.equal((await open()).state, "awaiting-approval");
    });
  });

  describe("cancel", () => {
    it("is the requester's own, until something runs", async () => {
      assert.equal(refusalOf(await cancel(desk, request.id, bob, "")), "not-yours");
      const { ended } = inState((await cancel(desk, request.id, alice, "")) as Request, "cancelled");
      assert.deepEqual([ended.by, ended.why], ["alice", "no longer wanted"]);
    });
  });
});
