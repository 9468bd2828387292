import assert from "node:assert/strict";
import fc from "fast-check";
import type { Proof } from "../../src/challenge/challenge.ts";
import { proofStatement } from "../../src/challenge/challenge.ts";
import { type ProofDemand, proofHolds } from "../../src/challenge/verify.ts";
import { attestor, strangersAttestor } from "../fakes/attestor.ts";
import { fakeAssertion } from "../fakes/witness.ts";

const now = 1_795_521_600_000;
const minute = 60_000;
const facts = { authenticator: "totp", subject: "alice", digest: "d1", at: now - minute, request: "r-1" } as const;
const demand: ProofDemand = { subject: "alice", digest: "d1", stepUp: {}, now, attestor };

const scope = { tier: "critical", target: "t1" };
const otherTarget = { ...scope, target: "t2" };
const otherTier = { ...scope, tier: "guarded" };
const pushed = { kind: "id-token", token: "t" } as const;
const assertion = fakeAssertion("alice", "d1", "s-1", now);

function signed(change: Partial<Omit<Proof, "signature">> = {}, by = attestor): Proof {
  const changed = { ...facts, ...change };
  return { ...changed, signature: by.attest(proofStatement(changed)) };
}

describe("proofHolds", () => {
  const cases: readonly (readonly [
    what: string,
    proof: Proof | undefined,
    against: Partial<ProofDemand>,
    holds: boolean,
  ])[] = [
    ["a proof for this very digest", signed(), {}, true],
    ["one for this very digest, however old", signed({ at: now - 1_000 * minute }), {}, true],
    ["one for this very digest, older than the policy reuses others", signed(), { stepUp: { within: 1 } }, true],
    ["one given at this very moment", signed({ at: now }), {}, true],
    ["none", undefined, {}, false],
    ["none, where any fresh one would do", undefined, { stepUp: { within: 5 * minute } }, false],
    ["somebody else's for this digest", signed({ subject: "mallory" }), {}, false],
    [
      "somebody else's, however fresh",
      signed({ subject: "mallory", digest: "d2" }),
      { stepUp: { within: 5 * minute } },
      false,
    ],
    ["one of a subject spelt differently", signed({ subject: "Alice" }), {}, false],
    ["one for another digest, where it must be for this one", signed({ digest: "d2" }), {}, false],
    ["one for another digest, fresh enough", signed({ digest: "d2" }), { stepUp: { within: 5 * minute } }, true],
    ["one for another digest, just fresh enough", signed({ digest: "d2" }), { stepUp: { within: minute } }, true],
    ["one for another digest, 1 ms too old", signed({ digest: "d2" }), { stepUp: { within: minute - 1 } }, false],
    [
      "one for another digest, where nothing is fresh enough",
      signed({ digest: "d2" }),
      { stepUp: { within: 0 } },
      false,
    ],
    [
      "one for another digest, of the same tier and objects, fresh enough",
      signed({ digest: "d2", scope }),
      { stepUp: { reuse: minute }, scope },
      true,
    ],
    ["the same, 1 ms too old", signed({ digest: "d2", scope }), { stepUp: { reuse: minute - 1 }, scope }, false],
    ["one of other objects", signed({ digest: "d2", scope }), { stepUp: { reuse: minute }, scope: otherTarget }, false],
    ["one of another tier", signed({ digest: "d2", scope }), { stepUp: { reuse: minute }, scope: otherTier }, false],
    ["one that says of no objects", signed({ digest: "d2" }), { stepUp: { reuse: minute }, scope }, false],
    ["one of some objects for none", signed({ digest: "d2", scope }), { stepUp: { reuse: minute } }, false],
    ["one of some objects where none counts again", signed({ digest: "d2", scope }), { scope }, false],
    [
      "one whose objects were changed after it was signed",
      { ...signed({ digest: "d2", scope }), scope: otherTarget },
      { stepUp: { reuse: minute }, scope: otherTarget },
      false,
    ],
    ["one of the future for this digest", signed({ at: now + 1 }), {}, false],
    [
      "one of the future, for another digest",
      signed({ at: now + 1, digest: "d2" }),
      { stepUp: { within: 5 * minute } },
      false,
    ],
    ["one by an authenticator that counts here", signed(), { stepUp: { by: ["totp", "passkey"] } }, true],
    ["one by an authenticator that does not count", signed(), { stepUp: { by: ["passkey"] } }, false],
    ["one that names no plan, where it must", signed(), { stepUp: { bound: true } }, false],
    ["a token of a push, which names no plan", signed({ authenticator: "push", evidence: pushed }), {}, true],
    [
      "a token of a push, where it must name the plan",
      signed({ authenticator: "push", evidence: pushed }),
      { stepUp: { bound: true } },
      false,
    ],
    ["the word alone that a push was answered", signed({ authenticator: "push" }), {}, false],
    [
      "an assertion, where it must name the plan",
      signed({ authenticator: "passkey", evidence: assertion }),
      { stepUp: { bound: true } },
      true,
    ],
    ["the word alone that a passkey signed", signed({ authenticator: "passkey" }), {}, false],
    [
      "an assertion for another plan, where it must name this one",
      signed({ authenticator: "passkey", evidence: assertion, digest: "d2" }),
      { stepUp: { bound: true } },
      false,
    ],
    ["one that nobody signed", { ...facts, signature: "" }, {}, false],
    ["one that somebody else signed", signed({}, strangersAttestor), {}, false],
    ["one with the signature of another", { ...signed(), signature: signed({ digest: "d2" }).signature }, {}, false],
  ];
  for (const [what, proof, against, holds] of cases)
    it(`takes ${what}: ${holds ? "yes" : "no"}`, () => {
      assert.equal(proofHolds(proof, { ...demand, ...against }), holds);
    });

  it("takes no proof of which any fact was changed after it was signed, not even to one that would hold", () => {
    const within = { ...demand, stepUp: { within: 5 * minute } };
    const other = signed({ subject: "mallory", digest: "d2", at: now - 10 * minute, request: "r-2" });
    assert.equal(proofHolds({ ...other, subject: "alice" }, within), false);
    assert.equal(proofHolds({ ...signed({ at: now - 10 * minute, digest: "d2" }), at: now }, within), false);
    assert.equal(proofHolds({ ...signed({ digest: "d2" }), digest: "d1" }, demand), false);
    assert.equal(proofHolds({ ...signed(), request: "r-2" }, demand), false);
    assert.equal(proofHolds({ ...signed(), authenticator: "passkey" as never }, demand), false);
  });

  it("never extends freshness by use: what held before and is over stays over", () => {
    const proof = signed({ digest: "d2", at: now });
    const within = 5 * minute;
    const uses = Array.from({ length: 12 }, (_, i) =>
      proofHolds(proof, { ...demand, stepUp: { within }, now: now + i * minute }),
    );
    assert.deepEqual(
      uses,
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((minutes) => minutes <= 5),
    );
  });

  it("holds less often, never more, the later it is and the less the policy reuses", () => {
    const time = fc.integer({ min: 0, max: 10_000 });
    const digest = fc.constantFrom("d1", "d2");
    fc.assert(
      fc.property(digest, time, time, time, time, (about, at, first, wait, within) => {
        const proof = signed({ at, digest: about });
        const early = proofHolds(proof, { ...demand, now: Math.max(at, first), stepUp: { within } });
        const late = proofHolds(proof, { ...demand, now: Math.max(at, first) + wait, stepUp: { within } });
        const strict = proofHolds(proof, { ...demand, now: Math.max(at, first), stepUp: {} });
        assert.ok(early || !late);
        assert.ok(early || !strict);
      }),
    );
  });
});
