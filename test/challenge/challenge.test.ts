import assert from "node:assert/strict";
import { proofStatement, triesPerChallenge } from "../../src/challenge/challenge.ts";

const facts = { authenticator: "totp", subject: "alice", digest: "d1", at: 1_000, request: "r-1" } as const;

describe("a challenge", () => {
  it("takes five wrong codes: three codes hold at once, so guessing hits with 15 in a million", () => {
    assert.equal(triesPerChallenge, 5);
    assert.ok((triesPerChallenge * 3) / 1_000_000 <= 1.5e-5);
  });
});

describe("proofStatement", () => {
  it("says every fact of a proof, and what kind of statement it is", () => {
    assert.deepEqual(proofStatement(facts), { v: "countersign.proof.v1", ...facts });
  });

  it("leaves out the signature, so that it says the same before and after signing", () => {
    assert.deepEqual(proofStatement({ ...facts, signature: "s" }), proofStatement(facts));
  });
});
