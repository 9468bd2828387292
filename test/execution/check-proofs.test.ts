import assert from "node:assert/strict";
import type { Proof } from "../../src/challenge/challenge.ts";
import { whyNotProved } from "../../src/execution/check-proofs.ts";
import type { Requirements } from "../../src/policy/policy.ts";
import type { Granted } from "../../src/request/request.ts";
import { signedApproval } from "../fakes/attestor.ts";
import { fakeAssertion, fakeWitness } from "../fakes/witness.ts";
import { digest, inState, leaseEnd, otherDigest, proofOf, soon, stages } from "../request/samples.ts";

const critical: Requirements = {
  stepUp: { bound: true },
  approvals: { count: 1, from: ["sre"], stepUp: { bound: true } },
};
const weaker: Requirements = { stepUp: {}, approvals: { count: 1, from: ["sre"], stepUp: { within: 60_000 } } };

/** A proof by a passkey of its subject. */
function byPasskey(subject: string, change: Partial<Proof> = {}): Proof {
  const evidence = fakeAssertion(subject, digest, "s-1", leaseEnd);
  return proofOf(subject, { authenticator: "passkey", evidence, ...change });
}
/** What another authenticator than this one brings. */
const otherEvidence = {
  passkey: { kind: "id-token", token: "t" },
  login: fakeAssertion("alice", digest, "s-1", leaseEnd),
  push: fakeAssertion("alice", digest, "s-1", leaseEnd),
  okta: fakeAssertion("alice", digest, "s-1", leaseEnd),
} as const;
const approvalBy = (proof?: Proof) =>
  signedApproval("r-1", { subject: "bob", at: soon, digest, ...(proof ? { proof } : {}) });

describe("whyNotProved", () => {
  const granted = inState(stages.granted, "granted");
  const grant = { ...granted.grant, grant: { ...granted.grant.grant, approvers: ["bob"] } };
  const sound: Granted = { ...granted, grant, proof: byPasskey("alice"), approvals: [approvalBy(byPasskey("bob"))] };
  const why = (change: Partial<Granted>, requirements = critical) =>
    whyNotProved({ witness: fakeWitness() }, { ...sound, ...change }, requirements);

  it("finds nothing wrong with proofs that their subjects' passkeys signed for this plan", async () => {
    assert.equal(await why({}), undefined);
    assert.equal(await why({}, weaker), undefined);
  });

  it("takes what the web process alone saw where the tier asks for no more", async () => {
    assert.equal(await why({ proof: proofOf("alice"), approvals: [approvalBy(proofOf("bob"))] }, weaker), undefined);
    const { proof: _, ...proofless } = sound;
    assert.equal(await whyNotProved({ witness: fakeWitness() }, { ...proofless, approvals: [] }, {}), undefined);
  });

  const ofAlice: readonly (readonly [what: string, proof: Proof, why: RegExp])[] = [
    ["that the web process signed alone", proofOf("alice"), /not what this tier asks for/],
    ["of somebody else's passkey", byPasskey("bob"), /given by somebody else/],
    [
      "that somebody else's passkey signed in her name",
      byPasskey("alice", { evidence: fakeAssertion("bob", digest, "s-1", leaseEnd) }),
      /does not stand up/,
    ],
    [
      "that was given for another plan and is said to be for this",
      byPasskey("alice", { evidence: fakeAssertion("alice", otherDigest, "s-1", leaseEnd) }),
      /does not stand up/,
    ],
    [
      "for another plan",
      byPasskey("alice", { digest: otherDigest, evidence: fakeAssertion("alice", otherDigest, "s-1", leaseEnd) }),
      /for another plan/,
    ],
    [
      "by a token that names no plan",
      byPasskey("alice", { authenticator: "push", evidence: { kind: "id-token", token: "t" } }),
      /not what this tier asks for/,
    ],
  ];
  for (const [what, proof, reason] of ofAlice)
    it(`takes no proof of the requester ${what}, whoever signed the grant`, async () => {
      assert.match((await why({ proof })) ?? "", reason);
    });

  it("attack: takes no word of the web process that a passkey or a provider answered, without what that signed", async () => {
    for (const authenticator of ["passkey", "login", "push", "okta"] as const) {
      const by: Requirements = { stepUp: { by: [authenticator] } };
      const claimed = proofOf("alice", { authenticator });
      assert.match((await why({ proof: claimed }, by)) ?? "", /not what this tier asks for/, authenticator);
      const others = byPasskey("alice", { authenticator, evidence: otherEvidence[authenticator] });
      assert.match((await why({ proof: others }, by)) ?? "", /not what this tier asks for/, authenticator);
    }
  });

  it("attack: takes no token of a push for bound proof, whatever nonce somebody had it carry", async () => {
    const binding = { salt: "s-1", expiresAt: leaseEnd };
    const evidence = { kind: "id-token", token: "t", binding } as const;
    const witness = { whyNot: async () => undefined };
    for (const authenticator of ["push", "okta", "passkey", "totp"] as const) {
      const proof = byPasskey("alice", { authenticator, evidence });
      const said = await whyNotProved({ witness }, { ...sound, proof }, critical);
      assert.match(said ?? "", /not what this tier asks for/, authenticator);
    }
  });

  it("takes no approval without a proof of that approver's own", async () => {
    const { proof: _, ...proofless } = sound;
    assert.match(
      (await whyNotProved({ witness: fakeWitness() }, proofless, critical)) ?? "",
      /no proof of presence of alice/,
    );
    for (const approvals of [[], [approvalBy()], [approvalBy(proofOf("bob"))], [approvalBy(byPasskey("alice"))]])
      assert.notEqual(await why({ approvals }), undefined);
  });

  it("takes no proof whose evidence does not stand up, even where none is asked for", async () => {
    const evidence = fakeAssertion("bob", digest, "s-1", leaseEnd);
    assert.match((await why({ proof: byPasskey("alice", { evidence }) }, weaker)) ?? "", /does not stand up/);
  });
});
