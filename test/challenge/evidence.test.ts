import assert from "node:assert/strict";
import { type Binding, isBound, signedValue } from "../../src/challenge/evidence.ts";
import { fakeAssertion } from "../fakes/witness.ts";

const about = { digest: "d1", subject: "alice" };
const binding: Binding = { salt: "s", expiresAt: 1_000 };

describe("the value that an authenticator signs", () => {
  it("is 64 digits of hex, the same for the same step-up", () => {
    assert.match(signedValue(about, binding), /^[0-9a-f]{64}$/);
    assert.equal(signedValue({ ...about }, { ...binding }), signedValue(about, binding));
  });

  const others = {
    "another plan": signedValue({ ...about, digest: "d2" }, binding),
    "another person": signedValue({ ...about, subject: "bob" }, binding),
    "another step-up": signedValue(about, { ...binding, salt: "s2" }),
    "another time to end": signedValue(about, { ...binding, expiresAt: 1_001 }),
  };
  for (const [what, value] of Object.entries(others))
    it(`is another for ${what}`, () => assert.notEqual(value, signedValue(about, binding)));
});

describe("isBound", () => {
  it("is true of evidence that names a plan, and of nothing else", () => {
    assert.equal(isBound(fakeAssertion("alice", "d1", "s", 1_000)), true);
    assert.equal(isBound({ kind: "id-token", token: "t", binding }), true);
    assert.equal(isBound({ kind: "id-token", token: "t" }), false);
    assert.equal(isBound(undefined), false);
  });
});
