import assert from "node:assert/strict";
import type { AuthenticatorName } from "../../src/policy/authenticator.ts";
import type { Authenticator } from "../../src/ports.ts";
import { standingWithoutProof } from "../../src/request/standing.ts";
import { fakeAuthenticator } from "../fakes/authenticator.ts";

function house(enrolled: Partial<Record<AuthenticatorName, readonly string[]>>) {
  const authenticators = new Map(
    Object.entries(enrolled).map(([name, people]): [AuthenticatorName, Authenticator] => [
      name as AuthenticatorName,
      { ...fakeAuthenticator(people), name: name as AuthenticatorName },
    ]),
  );
  return { authenticators };
}

describe("how one stands who lacks a proof alone", () => {
  const everything = house({ passkey: ["alice", "bob"], totp: ["alice"] });
  const ways = async (...[desk, subject, stepUp]: Parameters<typeof standingWithoutProof>) => {
    const standing = await standingWithoutProof(desk, subject, stepUp);
    return standing.may ? standing.ways : standing.refusal;
  };

  it("has the ways that are set up here and theirs, weakest first", async () => {
    assert.deepEqual(await ways(everything, "alice", {}), ["totp", "passkey"]);
    assert.deepEqual(await ways(everything, "bob", {}), ["passkey"]);
  });

  it("has only those that the policy takes", async () => {
    assert.deepEqual(await ways(everything, "alice", { bound: true }), ["passkey"]);
    assert.deepEqual(await ways(everything, "alice", { by: ["totp", "duo"] }), ["totp"]);
  });

  it("is told what it would take where none is theirs", async () => {
    assert.deepEqual(await ways(everything, "bob", { by: ["totp"] }), {
      refused: "not-enrolled",
      says: "You have no way to prove presence that counts here.",
      remedy: "It takes proof of presence, by TOTP, for this very plan. Ask an administrator to enrol you for TOTP.",
    });
  });

  it("is told so where what it takes is not set up in this house", async () => {
    const refusal = await ways(house({ totp: ["alice"] }), "alice", { bound: true });
    assert.ok("remedy" in refusal);
    assert.match(refusal.remedy ?? "", /signed for this very plan by a login or a passkey\. None of these is set up/);
  });
});
