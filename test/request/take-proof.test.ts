import assert from "node:assert/strict";
import type { Challenge, Outcome } from "../../src/challenge/challenge.ts";
import type { StepUp } from "../../src/policy/policy.ts";
import type { Authenticator } from "../../src/ports.ts";
import { takeProof } from "../../src/request/take-proof.ts";
import { attestor, signedProof } from "../fakes/attestor.ts";
import { fakeAssertion, fakeWitness } from "../fakes/witness.ts";
import { digest, leaseEnd, otherDigest, soon } from "./samples.ts";

const challenge: Challenge = { digest, subject: "alice", expiresAt: leaseEnd, triesLeft: 3 };
const claim = { subject: "alice", credential: "totp-of-alice", timeStep: 7 };

/** An authenticator that always says the same, and counts how often it was asked. */
function saying(outcome: Outcome, name: Authenticator["name"] = "totp"): Authenticator & { asked: number } {
  const authenticator = {
    name,
    asked: 0,
    isEnrolled: async () => true,
    async submit() {
      authenticator.asked++;
      return outcome;
    },
  };
  return authenticator;
}

/** What comes of this answer where only one authenticator is set up. */
function takeBy(authenticator: Authenticator, triesLeft: number, stepUp: StepUp = {}) {
  const { name } = authenticator;
  return takeProof(
    { authenticators: new Map([[name, authenticator]]), attestor, witness: fakeWitness() },
    { ...challenge, triesLeft },
    { by: name, given: "123456" },
    { request: "r-1", now: soon, stepUp },
  );
}
const take = (outcome: Outcome, triesLeft = 3) => takeBy(saying(outcome), triesLeft);

describe("takeProof", () => {
  it("makes a yes a proof of this person for this digest now, with the claim to keep along", async () => {
    assert.deepEqual(await take({ outcome: "approved", claim }), {
      claim,
      proof: signedProof({ authenticator: "totp", subject: "alice", digest, at: soon, request: "r-1" }),
    });
  });

  it("lets only a wrong code cost a try, and says how many are left", async () => {
    const says = async (triesLeft: number) => {
      const taken = await take({ outcome: "denied", because: "wrong-code" }, triesLeft);
      assert.ok("refusal" in taken && taken.costs && taken.refusal.refused === "wrong-code");
      return taken.refusal.remedy;
    };
    assert.deepEqual(
      [await says(3), await says(2), await says(1)],
      ["You can try 2 more times.", "You can try 1 more time.", "That was the last try."],
    );
  });

  const free: readonly (readonly [Outcome, string])[] = [
    [{ outcome: "denied", because: "malformed-code" }, "malformed-code"],
    [{ outcome: "denied", because: "code-already-used" }, "code-already-used"],
    [{ outcome: "insufficient", because: "not-enrolled" }, "not-enrolled"],
    [{ outcome: "insufficient", because: "locked" }, "locked"],
    [{ outcome: "insufficient", because: "locked", until: soon + 1 }, "locked"],
    [{ outcome: "insufficient", because: "evidence", says: "it is of somebody else" }, "evidence"],
    [{ outcome: "pending" }, "not-yet"],
    [{ outcome: "denied", because: "declined" }, "declined"],
    [{ outcome: "fraud" }, "declined"],
    [{ outcome: "expired" }, "too-late"],
  ];
  for (const [outcome, code] of free)
    it(`says ${code} for ${JSON.stringify(outcome)}, at no cost`, async () => {
      const taken = await take(outcome);
      assert.ok("refusal" in taken);
      assert.deepEqual([taken.refusal.refused, taken.costs], [code, false]);
    });

  it("says when a lock opens, in minutes that are not too few", async () => {
    const remedy = async (until?: number) => {
      const taken = await take({ outcome: "insufficient", because: "locked", ...(until ? { until } : {}) });
      return "refusal" in taken ? taken.refusal.remedy : undefined;
    };
    assert.equal(await remedy(soon + 1), "It opens again in 1 minute.");
    assert.equal(await remedy(soon + 60_001), "It opens again in 2 minutes.");
    assert.equal(await remedy(), "An administrator must enrol you again.");
  });

  it("asks nobody when no try is left", async () => {
    const authenticator = saying({ outcome: "approved", claim });
    const taken = await takeBy(authenticator, 0);
    assert.ok("refusal" in taken);
    assert.deepEqual([taken.refusal.refused, taken.costs, authenticator.asked], ["locked", false, 0]);
  });

  it("throws when the authenticator cannot tell: that is never a yes, and costs nobody a try", async () => {
    for (const outcome of ["unavailable", "misconfigured"] as const)
      await assert.rejects(take({ outcome, because: "no store" }), new RegExp(`totp is ${outcome}: no store`));
  });

  describe("where the policy asks for more than any proof", () => {
    const approved = { outcome: "approved", claim: { stepUp: "s-1" } } as const;
    const assertion = fakeAssertion("alice", digest, "s-1", leaseEnd);
    const code = async (authenticator: Authenticator, stepUp: StepUp) => {
      const taken = await takeBy(authenticator, 3, stepUp);
      return "refusal" in taken ? taken.refusal.refused : taken.proof.authenticator;
    };

    it("asks no authenticator that does not count, so that its code is not used up", async () => {
      const totp = saying({ outcome: "approved", claim });
      assert.equal(await code(totp, { by: ["passkey"] }), "too-weak");
      assert.equal(totp.asked, 0);
      assert.equal(await code(totp, { by: ["passkey", "totp"] }), "totp");
    });

    it("takes no answer by an authenticator that is not set up", async () => {
      const desk = { authenticators: new Map(), attestor, witness: fakeWitness() };
      const taken = await takeProof(
        desk,
        challenge,
        { by: "okta", given: "" },
        { request: "r-1", now: soon, stepUp: {} },
      );
      assert.ok("refusal" in taken && taken.refusal.refused === "too-weak");
    });

    it("takes a bound proof with what was signed, and none that names no plan", async () => {
      const taken = await takeBy(saying({ ...approved, evidence: assertion }, "passkey"), 3, { bound: true });
      assert.ok("proof" in taken);
      assert.deepEqual([taken.proof.evidence, taken.claim], [assertion, approved.claim]);
      assert.equal(await code(saying(approved, "passkey"), { bound: true }), "too-weak");
      const token = { kind: "id-token", token: "of a push" } as const;
      assert.equal(await code(saying({ ...approved, evidence: token }, "push"), { bound: true }), "too-weak");
    });

    it("signs no proof that the witness contradicts, whatever the authenticator says", async () => {
      const others = fakeAssertion("bob", digest, "s-1", leaseEnd);
      const elsewhere = fakeAssertion("alice", otherDigest, "s-1", leaseEnd);
      for (const evidence of [others, elsewhere])
        assert.equal(await code(saying({ ...approved, evidence }, "passkey"), {}), "evidence");
    });
  });
});
