import assert from "node:assert/strict";
import type { RequestStore, Stored } from "../../src/ports.ts";
import { believing } from "../../src/request/believe.ts";
import { type Finished, type Request, type Settled, settlementStatement } from "../../src/request/request.ts";
import { reviewStatement } from "../../src/request/reviewed.ts";
import { attestor, signedReview, signedSettlement, strangersAttestor } from "../fakes/attestor.ts";
import { noon } from "../fakes/clock.ts";
import { otherDigest, stages } from "./samples.ts";

/** What the web side reads where this lies in Redis. */
async function read(request: unknown): Promise<Request> {
  const stored = { request, version: 7, now: noon } as Stored;
  const store = { read: async () => stored } as Partial<RequestStore> as RequestStore;
  const found = await believing(store, attestor).read("r-abcd234567");
  assert.deepEqual([found?.version, found?.now], [7, noon]);
  assert.ok(found);
  return found.request;
}

describe("a settlement in the record", () => {
  const settled = stages.settled as Settled;
  const { signature, ...said } = settled.settlement;

  it("is believed when we signed it, of this very request", async () => {
    assert.deepEqual(await read(settled), settled);
    for (const request of Object.values<Request>(stages)) assert.deepEqual(await read(request), request);
  });

  const forgeries: readonly (readonly [what: string, settlement: unknown])[] = [
    ["without a signature", { ...said, signature: "" }],
    ["signed by a stranger", { ...said, signature: strangersAttestor.attest(settlementStatement(settled, said)) }],
    ["of another request", signedSettlement({ id: "r-other", digest: settled.digest }, said)],
    ["of another plan", signedSettlement({ id: settled.id, digest: otherDigest }, said)],
    ["that says the other thing", { ...said, as: "ran", signature }],
    ["of another person", { ...said, subject: "carol", signature }],
    ["with another reason", { ...said, why: "because", signature }],
    ["of the requester, signed all the same", signedSettlement(settled, { ...said, subject: settled.requester })],
    ["that is no settlement", "did-not-run"],
    ["that is nothing", null],
    ["that is missing", undefined],
  ];
  for (const [what, settlement] of forgeries)
    it(`attack: ${what} is none: the outcome is unknown still, and says so`, async () => {
      const request = await read({ ...settled, settlement });
      assert.ok(request.state === "unknown" && !("settlement" in request));
      assert.match(request.outcome.says, /^done \(A settlement that Countersign never signed/);
      assert.deepEqual({ ...request, outcome: settled.outcome }, stages.unknown);
    });

  it("attack: beside an outcome it changes nothing, and is not told", async () => {
    const request = await read({ ...stages.succeeded, settlement: { ...said, signature: "" } });
    assert.deepEqual(request, stages.succeeded);
  });
});

describe("a review in the record", () => {
  const reviewed = stages.glassReviewed as Finished;
  const { closed, ...open } = reviewed.review ?? assert.fail("it has none");
  const { signature: _, ...said } = closed ?? assert.fail("it is open");
  const { id } = reviewed;

  for (const [what, word] of [
    ["without a signature", { ...said, signature: "" }],
    ["signed by a stranger", { ...said, signature: strangersAttestor.attest(reviewStatement(reviewed, said)) }],
    ["of another request", signedReview({ id: "r-other", digest: reviewed.digest }, said)],
    ["of another plan", signedReview({ id, digest: otherDigest }, said)],
    ["of the requester, signed all the same", signedReview(reviewed, { ...said, subject: reviewed.requester })],
    ["without a proof", { ...said, proof: null, signature: "s" }],
    ["that is a word", "closed"],
  ] as const)
    it(`attack: ${what} closes nothing`, async () => {
      const request = await read({ ...reviewed, review: { ...open, closed: word } });
      assert.deepEqual(request, { ...reviewed, review: open });
    });
});
