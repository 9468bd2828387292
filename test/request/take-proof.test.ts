import assert from "node:assert/strict";
import type { Challenge, Outcome } from "../../src/challenge/challenge.ts";
import type { Authenticator } from "../../src/ports.ts";
import { takeProof } from "../../src/request/take-proof.ts";
import { attestor, signedProof } from "../fakes/attestor.ts";
import { digest, leaseEnd, soon } from "./samples.ts";

const challenge: Challenge = { digest, subject: "alice", expiresAt: leaseEnd, triesLeft: 3 };
const claim = { subject: "alice", credential: "totp-of-alice", timeStep: 7 };

/** An authenticator that always says the same, and counts how often it was asked. */
function saying(outcome: Outcome): Authenticator & { asked: number } {
  const authenticator = {
    name: "totp" as const,
    asked: 0,
    isEnrolled: async () => true,
    async submit() {
      authenticator.asked++;
      return outcome;
    },
  };
  return authenticator;
}

const take = (outcome: Outcome, triesLeft = 3) =>
  takeProof({ authenticator: saying(outcome), attestor }, { ...challenge, triesLeft }, "123456", {
    request: "r-1",
    now: soon,
  });

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
    const spent = { ...challenge, triesLeft: 0 };
    const taken = await takeProof({ authenticator, attestor }, spent, "123456", { request: "r-1", now: soon });
    assert.ok("refusal" in taken);
    assert.deepEqual([taken.refusal.refused, taken.costs, authenticator.asked], ["locked", false, 0]);
  });

  it("throws when the authenticator cannot tell: that is never a yes, and costs nobody a try", async () => {
    for (const outcome of ["unavailable", "misconfigured"] as const)
      await assert.rejects(take({ outcome, because: "no store" }), new RegExp(`totp is ${outcome}: no store`));
  });
});
