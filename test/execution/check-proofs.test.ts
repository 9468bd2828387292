import assert from "node:assert/strict";
import type { Proof } from "../../src/challenge/challenge.ts";
import { type Judges, whyNotProved } from "../../src/execution/check-proofs.ts";
import { digestOf } from "../../src/operation/digest.ts";
import type { Requirements } from "../../src/policy/policy.ts";
import type { RequestStore } from "../../src/ports.ts";
import { askedStatement, askerOf } from "../../src/request/asked.ts";
import type { Grant } from "../../src/request/grant.ts";
import { scopeOf } from "../../src/request/proof-scope.ts";
import type { Granted } from "../../src/request/request.ts";
import { attestor, signedApproval, signedProof, verifier } from "../fakes/attestor.ts";
import { fakeAssertion, fakeWitness } from "../fakes/witness.ts";
import { lifetimes } from "../request/desk.ts";
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

/** A worker's judgement a minute after the samples, with what a test wants otherwise. */
function judges(change: Partial<Judges> = {}): Judges {
  const store = {
    now: async () => soon + 60_000,
    read: async () => undefined,
  } as Partial<RequestStore> as RequestStore;
  return { witness: fakeWitness(), verifier, store, lifetimes, ...change };
}

describe("whyNotProved", () => {
  const granted = inState(stages.granted, "granted");
  const grant = { ...granted.grant, grant: { ...granted.grant.grant, approvers: ["bob"] } };
  const sound: Granted = { ...granted, grant, proof: byPasskey("alice"), approvals: [approvalBy(byPasskey("bob"))] };
  const why = (change: Partial<Granted>, requirements = critical) =>
    whyNotProved(judges(), { ...sound, ...change }, requirements);

  it("finds nothing wrong with proofs that their subjects' passkeys signed for this plan", async () => {
    assert.equal(await why({}), undefined);
    assert.equal(await why({}, weaker), undefined);
  });

  it("takes what the web process alone saw where the tier asks for no more", async () => {
    assert.equal(await why({ proof: proofOf("alice"), approvals: [approvalBy(proofOf("bob"))] }, weaker), undefined);
    const { proof: _, ...proofless } = sound;
    assert.equal(await whyNotProved(judges(), { ...proofless, approvals: [] }, {}), undefined);
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
      const said = await whyNotProved(judges({ witness }), { ...sound, proof }, critical);
      assert.match(said ?? "", /not what this tier asks for/, authenticator);
    }
  });

  it("takes no approval without a proof of that approver's own", async () => {
    const { proof: _, ...proofless } = sound;
    assert.match((await whyNotProved(judges(), proofless, critical)) ?? "", /no proof of presence of alice/);
    for (const approvals of [[], [approvalBy()], [approvalBy(proofOf("bob"))], [approvalBy(byPasskey("alice"))]])
      assert.notEqual(await why({ approvals }), undefined);
  });

  it("takes no proof whose evidence does not stand up, even where none is asked for", async () => {
    const evidence = fakeAssertion("bob", digest, "s-1", leaseEnd);
    assert.match((await why({ proof: byPasskey("alice", { evidence }) }, weaker)) ?? "", /does not stand up/);
  });

  describe("of a proof that was given for another plan", () => {
    const minute = 60_000;
    const again: Requirements = { stepUp: { by: ["passkey"], within: 15 * minute } };
    const same: Requirements = { stepUp: { by: ["passkey"], reuse: 10 * minute } };
    const earlier = inState(stages.proved, "awaiting-approval");
    const earlierDigest = digestOf(askerOf(earlier), earlier.plan);
    /** What Alice's passkey truly signed, so long before she asked. */
    const given = (before: number, change: Partial<Proof> = {}): Proof => {
      const at = granted.askedAt - before;
      const evidence = fakeAssertion("alice", earlierDigest, "s-1", at + 5 * minute);
      const scope = scopeOf("critical", granted.plan);
      return byPasskey("alice", { at, digest: earlierDigest, evidence, scope, ...change });
    };
    const grantOf = (change: Partial<Grant>) => ({ ...granted.grant, grant: { ...granted.grant.grant, ...change } });
    const alone: Granted = { ...granted, grant: grantOf({ approvers: [] }), approvals: [] };
    const kept = (plan = earlier.plan) => ({
      now: async () => soon + minute,
      read: async () => ({ request: { ...earlier, plan }, version: 1, now: soon }),
    });
    const said = async (
      request: Partial<Granted>,
      requirements: Requirements = again,
      store: Partial<RequestStore> = kept(),
    ) =>
      (await whyNotProved(
        judges({ store: { ...judges().store, ...store } }),
        { ...alone, ...request },
        requirements,
      )) ?? "nothing";

    it("finds nothing wrong while it was fresh enough when this was asked for", async () => {
      assert.equal(await said({ proof: given(15 * minute) }), "nothing");
      assert.match(await said({ proof: given(15 * minute + 1) }), /^the proof of alice is for another plan$/);
    });

    it("attack: a captured web process that brings an old assertion sets no clock back far enough", async () => {
      const old = given(24 * 60 * minute);
      const back = (askedAt: number, more: Partial<Grant> = {}) => {
        const words = { ...alone, askedAt };
        const asked = { ...words, signature: attestor.attest(askedStatement(words)) };
        return said({ ...asked, grant: grantOf({ approvers: [], ...more }), proof: old });
      };
      assert.match(await said({ proof: old }), /is for another plan$/);
      assert.match(await back(old.at), /asked for longer ago than a request lasts/);
      const sameDay = { grantedAt: old.at + minute, notAfter: soon + 5 * minute };
      assert.match(await back(old.at, sameDay), /granted longer ago than a grant lasts/);
      assert.match(await said({ proof: given(minute), askedAt: soon - 1 }), /not as they were signed/);
    });

    it("attack: the same of an approver's, by the times of the approval", async () => {
      const staged: Requirements = {
        approvals: { count: 1, from: ["sre"], stepUp: { by: ["passkey"], within: minute } },
      };
      const bobs = (at: number, proofAt: number) => {
        const evidence = fakeAssertion("bob", earlierDigest, "s-1", proofAt + minute);
        const proof = byPasskey("bob", { at: proofAt, digest: earlierDigest, evidence });
        const approval = signedApproval(granted.id, { subject: "bob", at, digest, proof });
        return said({ grant: grantOf({ approvers: ["bob"] }), approvals: [approval] }, staged);
      };
      assert.equal(await bobs(soon, soon - minute), "nothing");
      assert.match(await bobs(soon, soon - minute - 1), /is for another plan$/);
      assert.match(await bobs(granted.askedAt - 1, granted.askedAt - 2), /in no order/);
    });

    it("counts it by `reuse` for the same objects in the same tier alone", async () => {
      assert.equal(await said({ proof: given(10 * minute) }, same), "nothing");
      assert.match(await said({ proof: given(10 * minute + 1) }, same), /is for another plan$/);
      const scope = scopeOf("privileged", granted.plan);
      assert.match(await said({ proof: given(minute, { scope }) }, same), /is for another plan$/);
      const forged = { ...given(minute), signature: "s" };
      assert.match(await said({ proof: forged }, same), /not as they were signed/);
      const { scope: _, ...bare } = given(minute);
      assert.match(await said({ proof: signedProof(bare) }, same), /is for another plan$/);
    });

    it("attack: a captured web process that calls the objects of an earlier proof the same has no plan to show for it", async () => {
      const other = { ...earlier.plan, object: { ...earlier.plan.object, uid: "uid-2" } } as typeof earlier.plan;
      const otherDigest = digestOf(askerOf(earlier), other);
      const evidence = fakeAssertion("alice", otherDigest, "s-1", granted.askedAt);
      const proof = given(minute, { digest: otherDigest, evidence });
      assert.match(await said({ proof }, same, kept(other)), /it was given for other objects/);
      assert.match(await said({ proof }, same), /what it was given for is not known/);
      assert.match(await said({ proof }, same, { read: async () => undefined }), /what it was given for is not known/);
    });
  });
});
