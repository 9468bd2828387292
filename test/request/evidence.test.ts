import assert from "node:assert/strict";
import { type Proof, proofStatement } from "../../src/challenge/challenge.ts";
import type { Requirements } from "../../src/policy/policy.ts";
import { whyEvidenceFails } from "../../src/request/evidence.ts";
import { type Approval, type AwaitingApproval, approvalStatement } from "../../src/request/request.ts";
import { signedApproval, signedProof, strangersAttestor } from "../fakes/attestor.ts";
import { openDesk } from "./desk.ts";
import { allowed, asked, digest, otherDigest, plan, proofOf, soon } from "./samples.ts";

describe("whyEvidenceFails", () => {
  const desk = openDesk();
  const bound: Requirements = { stepUp: {}, approvals: { count: 1, from: ["sre"], stepUp: {} } };
  const fresh: Requirements = { stepUp: { within: 60_000 }, approvals: { count: 1, from: ["sre"] } };
  const bobs = signedApproval(asked.id, { subject: "bob", at: soon, digest, proof: proofOf("bob") });
  const sound: AwaitingApproval = {
    ...asked,
    state: "awaiting-approval",
    plan,
    digest,
    decision: allowed(bound),
    proof: proofOf("alice"),
    approvals: [bobs],
    wrongCodes: {},
  };
  const why = (change: Partial<AwaitingApproval>, requirements = bound) =>
    whyEvidenceFails(desk, { ...sound, ...change }, requirements);
  const strangers = (proof: Proof): Proof => ({ ...proof, signature: strangersAttestor.attest(proofStatement(proof)) });

  it("finds nothing wrong with what was given for this request and plan", async () => {
    assert.equal(await why({}), undefined);
    const { proof: _, ...proofless } = sound;
    assert.equal(await whyEvidenceFails(desk, proofless, {}), undefined);
  });

  const proofs: readonly (readonly [what: string, proof: Proof])[] = [
    ["of somebody else", proofOf("bob")],
    ["for another plan", proofOf("alice", { digest: otherDigest })],
    ["under a stranger's signature", strangers(proofOf("alice"))],
    ["under no signature", { ...proofOf("alice"), signature: "" }],
    ["whose time was changed after it was signed", { ...proofOf("alice"), at: soon + 1 }],
    ["under the signature of an approval", { ...proofOf("alice"), signature: bobs.signature }],
  ];
  for (const [what, proof] of proofs)
    it(`takes no proof of the requester ${what}`, async () => {
      assert.match((await why({ proof })) ?? "", /no proof of presence of the requester/);
    });

  it("asks for a proof where there is none", async () => {
    const { proof: _, ...proofless } = sound;
    assert.match((await whyEvidenceFails(desk, proofless, bound)) ?? "", /no proof of presence/);
  });

  it("takes one given before, as long as it was still fresh when this was asked", async () => {
    const given = (at: number) => proofOf("alice", { digest: otherDigest, at });
    assert.equal(await why({ proof: given(asked.askedAt - 60_000) }, fresh), undefined);
    assert.match((await why({ proof: given(asked.askedAt - 60_001) }, fresh)) ?? "", /no proof of presence/);
  });

  const bare = { subject: "bob", at: soon, digest };
  const approvals: readonly (readonly [what: string, approval: Approval])[] = [
    ["of another plan", signedApproval(asked.id, { ...bare, digest: otherDigest, proof: proofOf("bob") })],
    ["of another request", signedApproval("r-another234", { ...bare, proof: proofOf("bob") })],
    ["under no signature", { ...bobs, signature: "" }],
    ["put into another's name", { ...bobs, subject: "carol" }],
    ["whose time was changed", { ...bobs, at: soon + 1 }],
    ["under the signature of its own proof", { ...bobs, signature: proofOf("bob").signature }],
    [
      "under a stranger's signature",
      { ...bobs, signature: strangersAttestor.attest(approvalStatement(asked.id, bobs)) },
    ],
    ["without the proof that the tier asks for", signedApproval(asked.id, bare)],
    ["with the proof of somebody else", signedApproval(asked.id, { ...bare, proof: proofOf("carol") })],
    [
      "with a proof for another plan",
      signedApproval(asked.id, { ...bare, proof: proofOf("bob", { digest: otherDigest }) }),
    ],
    [
      "with a proof of later than itself",
      signedApproval(asked.id, { ...bare, proof: proofOf("bob", { at: soon + 1 }) }),
    ],
    ["with a stranger's proof", signedApproval(asked.id, { ...bare, proof: strangers(proofOf("bob")) })],
    [
      "with another proof than the one it was signed with",
      { ...bobs, proof: signedProof({ ...proofOf("bob"), at: 1 }) },
    ],
  ];
  for (const [what, approval] of approvals)
    it(`takes no approval ${what}`, async () => {
      assert.equal(await why({ approvals: [approval] }), `the approval of ${approval.subject} does not stand up`);
      const carols = signedApproval(asked.id, { ...bare, subject: "carol", proof: proofOf("carol") });
      assert.notEqual(why({ approvals: [carols, approval] }), undefined);
    });

  it("asks an approver for no proof where the tier does not", async () => {
    assert.equal(await why({ approvals: [signedApproval(asked.id, bare)] }, fresh), undefined);
  });
});
