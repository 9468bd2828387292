import assert from "node:assert/strict";
import { type Binding, hasItsEvidence, signedValue } from "../../src/challenge/evidence.ts";
import { type AuthenticatorName, authenticatorNames } from "../../src/policy/authenticator.ts";
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

describe("hasItsEvidence", () => {
  const assertion = fakeAssertion("alice", "d1", "s", 1_000);
  const token = { kind: "id-token", token: "t" } as const;
  const bound = { ...token, binding } as const;

  it("holds a proof to what its authenticator brings, and those that bring nothing to nothing", () => {
    const of = (authenticator: AuthenticatorName) =>
      [assertion, token, bound].map((evidence) => hasItsEvidence({ authenticator, evidence }));
    const bare = (authenticator: AuthenticatorName) => hasItsEvidence({ authenticator });
    assert.deepEqual(
      authenticatorNames.map((name) => [name, bare(name), ...of(name)]),
      [
        ["totp", true, false, false, false],
        ["duo", true, false, false, false],
        ["okta", false, false, true, false],
        ["push", false, false, true, false],
        ["login", false, false, false, true],
        ["passkey", false, true, false, false],
      ],
    );
  });
});
