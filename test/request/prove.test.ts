import assert from "node:assert/strict";
import type { Authenticator } from "../../src/ports.ts";
import { scopeOf } from "../../src/request/proof-scope.ts";
import { prove } from "../../src/request/prove.ts";
import type { Request } from "../../src/request/request.ts";
import { signedProof } from "../fakes/attestor.ts";
import { codeAt, fakeAuthenticator, responseAt, typed } from "../fakes/authenticator.ts";
import { meddledStore } from "../fakes/meddled-store.ts";
import { alice, bob, lifetimes, openDesk, people, refusalOf, restartIn, type TestDesk } from "./desk.ts";
import { inState } from "./samples.ts";

const wrong = "000000";

describe("prove", () => {
  let desk: TestDesk;
  let request: Request;
  let submitted: string[];
  beforeEach(async () => {
    submitted = [];
    const inner = fakeAuthenticator(people.map(({ sub }) => sub));
    const authenticator: Authenticator = {
      ...inner,
      submit(challenge, response, now) {
        submitted.push(response.given);
        return inner.submit(challenge, response, now);
      },
    };
    desk = openDesk({ authenticators: new Map([["totp", authenticator]]) });
    request = await desk.plans(await desk.asks(alice, restartIn("prod")));
  });

  const answer = (code: string, subject = alice) => prove(desk, request.id, subject, typed(code));
  const triesLeft = async () => inState(await desk.now(request), "awaiting-challenge").challenge.triesLeft;
  const kinds = () => desk.records.trail.events.map(({ kind }) => kind);

  it("moves the request on with the right code, and remembers the proof", async () => {
    const moved = inState((await answer(codeAt("alice", 5))) as Request, "awaiting-approval");
    const { digest, decision, plan } = inState(request, "awaiting-challenge");
    const scope = scopeOf(decision.tier, plan);
    const facts = {
      authenticator: "totp",
      subject: "alice",
      digest,
      at: desk.clock.now(),
      request: request.id,
    } as const;
    assert.deepEqual(moved.proof, signedProof({ ...facts, scope }));
    assert.deepEqual(await desk.store.lastProof("alice"), moved.proof);
    assert.equal(kinds().at(-1), "proof.given");
  });

  it("is for the requester alone, whatever code another one knows", async () => {
    assert.equal(refusalOf(await answer(codeAt("bob", 5), bob)), "not-yours");
    assert.equal(refusalOf(await answer(codeAt("alice", 5), bob)), "not-yours");
    assert.deepEqual([submitted, await triesLeft()], [[], 5]);
  });

  it("takes no code where none is asked for", async () => {
    await answer(codeAt("alice", 5));
    assert.equal(refusalOf(await answer(codeAt("alice", 6))), "not-in-this-state");
    assert.equal(submitted.length, 1);
  });

  it("costs a try for a wrong code, and none for one that is no code", async () => {
    assert.equal(refusalOf(await answer("12345")), "malformed-code");
    assert.equal(await triesLeft(), 5);
    assert.equal(refusalOf(await answer(wrong)), "wrong-code");
    assert.equal(await triesLeft(), 4);
    assert.equal(kinds().filter((kind) => kind === "proof.refused").length, 1);
  });

  it("denies the request with the fifth wrong code, also when a right one would follow", async () => {
    for (let i = 0; i < 4; i++) await answer(wrong);
    assert.equal(await triesLeft(), 1);
    assert.equal(refusalOf(await answer(wrong)), "wrong-code");
    assert.equal((await desk.now(request)).state, "denied");
    assert.equal(refusalOf(await answer(codeAt("alice", 5))), "not-in-this-state");
  });

  it("gives five tries to many hands at once, and not one more", async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => answer(wrong)));
    assert.ok(answers.every((one) => refusalOf(one) === "wrong-code" || refusalOf(one) === "not-in-this-state"));
    assert.equal((await desk.now(request)).state, "denied");
    assert.equal(kinds().filter((kind) => kind === "proof.refused").length, 5);
  });

  it("is too late after the challenge, by the store's clock alone", async () => {
    desk.clock.pass(lifetimes.challenge + 1);
    assert.equal(refusalOf(await answer(codeAt("alice", 5))), "too-late");
    assert.equal(await desk.store.lastProof("alice"), undefined);
  });

  it("is too late when the challenge ends while the code is on its way", async () => {
    const slow = desk.over(meddledStore(desk.store, async () => desk.clock.pass(lifetimes.challenge + 1)));
    assert.equal(refusalOf(await prove(slow, request.id, alice, responseAt("alice", 5))), "too-late");
    assert.equal((await desk.now(request)).state, "awaiting-challenge");
  });

  describe("with one code for two requests", () => {
    let second: Request;
    beforeEach(async () => {
      second = await desk.plans(await desk.asks(alice, restartIn("staging")));
    });

    it("takes it once, one after the other", async () => {
      await answer(codeAt("alice", 5));
      assert.equal(refusalOf(await prove(desk, second.id, alice, responseAt("alice", 5))), "code-already-used");
      assert.equal(refusalOf(await prove(desk, second.id, alice, responseAt("alice", 4))), "code-already-used");
      assert.equal((await desk.now(second)).state, "awaiting-challenge");
    });

    it("takes it once, both at once", async () => {
      const answers = await Promise.all(
        [request, second].map(({ id }) => prove(desk, id, alice, responseAt("alice", 5))),
      );
      assert.deepEqual(answers.map(refusalOf).sort(), ["code-already-used", undefined]);
      assert.equal(kinds().filter((kind) => kind === "proof.given").length, 1);
    });
  });

  describe("when another step comes between judging and keeping", () => {
    const between = (act: () => Promise<unknown>) =>
      desk.over(meddledStore(desk.store, (_, count) => (count === 1 ? act() : Promise.resolve())));

    it("counts a wrong code once, without asking the authenticator again", async () => {
      const meddled = between(() => answer(wrong));
      assert.equal(refusalOf(await prove(meddled, request.id, alice, typed(wrong))), "wrong-code");
      assert.deepEqual([await triesLeft(), submitted], [3, [wrong, wrong]]);
    });

    it("takes a right code after a wrong one came first", async () => {
      const meddled = between(() => answer(wrong));
      assert.equal(refusalOf(await prove(meddled, request.id, alice, responseAt("alice", 5))), undefined);
      assert.equal((await desk.now(request)).state, "awaiting-approval");
    });

    it("keeps no proof for a request that was cancelled", async () => {
      const meddled = between(() => desk.lifecycle.cancel(request.id, alice, ""));
      assert.equal(refusalOf(await prove(meddled, request.id, alice, responseAt("alice", 5))), "not-in-this-state");
      assert.deepEqual(
        [(await desk.now(request)).state, await desk.store.lastProof("alice")],
        ["cancelled", undefined],
      );
    });
  });
});
