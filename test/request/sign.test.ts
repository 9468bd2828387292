import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { Grant, SignedGrant } from "../../src/request/grant.ts";
import { grantSigner, grantVerifier, keyAttestor } from "../../src/request/sign.ts";
import { otherDigest, signedGrant } from "./samples.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const { grant } = signedGrant;

describe("grants", () => {
  const signer = grantSigner(privateKey);
  const verifier = grantVerifier(publicKey);
  const signed = signer.sign(grant);

  it("hold with the public key of the one that signed them", () => {
    assert.equal(verifier.verify(signed), true);
    assert.equal(grantVerifier(generateKeyPairSync("ed25519").publicKey).verify(signed), false);
  });

  it("hold after a way through JSON, whatever the order of the fields", () => {
    const turned = Object.fromEntries(Object.entries(grant).reverse()) as unknown as Grant;
    assert.equal(verifier.verify(JSON.parse(JSON.stringify({ ...signed, grant: turned }))), true);
  });

  describe("break when one field is altered", () => {
    const altered: { readonly [F in keyof Grant]: readonly unknown[] } = {
      v: ["countersign.grant.v2"],
      request: ["r-other"],
      digest: [otherDigest],
      cluster: ["other"],
      requester: ["mallory"],
      approvers: [["bob"], ["bob", "mallory"], ["carol", "bob"], []],
      tier: ["guarded"],
      policy: ["1".repeat(64)],
      grantedAt: [grant.grantedAt + 1],
      notAfter: [grant.notAfter + 1, Number.MAX_SAFE_INTEGER],
    };
    for (const [field, values] of Object.entries(altered))
      it(field, () => {
        assert.ok(field in grant);
        for (const value of values)
          assert.equal(verifier.verify({ ...signed, grant: { ...grant, [field]: value } }), false);
      });

    it("or when one is left out, or added", () => {
      for (const field of Object.keys(grant)) {
        const less = Object.fromEntries(Object.entries(grant).filter(([name]) => name !== field));
        assert.equal(verifier.verify({ ...signed, grant: less as unknown as Grant }), false, field);
      }
      const more = { ...grant, note: "more" };
      assert.equal(verifier.verify({ ...signed, grant: more }), false);
    });
  });

  it("do not hold with a signature that is altered, cut, empty or of another grant", () => {
    const bytes = Buffer.from(signed.signature, "base64url");
    for (let i = 0; i < bytes.length; i += 7) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(i) ^ 1, i);
      assert.equal(verifier.verify({ grant, signature: flipped.toString("base64url") }), false);
    }
    const other = signer.sign({ ...grant, request: "r-other" }).signature;
    for (const signature of ["", "!", bytes.subarray(1).toString("base64url"), other])
      assert.equal(verifier.verify({ grant, signature }), false);
  });

  it("are neither signed nor checked with a key of another kind", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const x25519 = generateKeyPairSync("x25519");
    for (const wrong of [rsa.privateKey, ec.privateKey, x25519.privateKey, publicKey])
      assert.throws(() => grantSigner(wrong), /must be an Ed25519 private key/);
    for (const wrong of [rsa.publicKey, ec.publicKey, x25519.publicKey, privateKey])
      assert.throws(() => grantVerifier(wrong), /must be an Ed25519 public key/);
  });
});

describe("attestations", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const attestor = keyAttestor(privateKey);
  const statement = { v: "countersign.test.v1", who: "alice", at: 1 } as const;
  const signature = attestor.attest(statement);

  it("hold for the very statement, in whatever order its fields are written", () => {
    assert.ok(attestor.holds(statement, signature));
    assert.ok(attestor.holds({ at: 1, who: "alice", v: "countersign.test.v1" } as const, signature));
  });

  it("hold for no other statement, kind of statement or key", () => {
    for (const other of [
      { ...statement, who: "bob" },
      { ...statement, at: 2 },
      { ...statement, more: true },
    ])
      assert.equal(attestor.holds(other, signature), false);
    assert.equal(attestor.holds({ ...statement, v: "countersign.other.v1" }, signature), false);
    const stranger = keyAttestor(generateKeyPairSync("ed25519").privateKey);
    assert.equal(stranger.holds(statement, signature), false);
    assert.equal(attestor.holds(statement, stranger.attest(statement)), false);
  });

  it("are refused, and never thrown over, when a record holds what nobody could have signed", () => {
    for (const broken of [undefined, null, 7, {}, "", "!"])
      assert.equal(attestor.holds(statement, broken as unknown as string), false);
    assert.equal(attestor.holds({ ...statement, who: "\ud800" }, signature), false);
    const verifier = grantVerifier(createPublicKey(privateKey));
    assert.equal(verifier.verify({ grant: undefined, signature: undefined } as unknown as SignedGrant), false);
  });

  it("are made with an Ed25519 private key only", () => {
    assert.throws(() => keyAttestor(createPublicKey(privateKey)), /must be an Ed25519 private key/);
  });
});
