import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type SealedFor, seal, sealingKey, unseal } from "../../../src/adapters/authenticators/seal.ts";

const key = sealingKey("k1", randomBytes(32).toString("base64"));
const to: SealedFor = { purpose: "totp", subject: "alice", credential: "c-1" };
const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("a sealed text", () => {
  it("opens for what it was sealed for, with the key it was sealed with", () => {
    for (const plain of [seed, "", "ünïcödé \u{1f4a5}"]) assert.equal(unseal(seal(plain, to, [key]), to, [key]), plain);
  });

  it("shows nothing of the plain text, and is another one each time", () => {
    const texts = [seal(seed, to, [key]), seal(seed, to, [key])];
    assert.notEqual(texts[0], texts[1]);
    for (const text of texts) {
      const bytes = text.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
      assert.ok(![text, ...bytes].some((part) => part.includes(seed) || part.includes(seed.slice(0, 8))));
    }
  });

  it("has the form v1.kid.iv.ct.tag, with 96 bits of nonce and 128 of tag", () => {
    const [version, kid, iv = "", ct = "", tag = "", ...more] = seal(seed, to, [key]).split(".");
    const lengths = [iv, ct, tag].map((part) => Buffer.from(part, "base64url").length);
    assert.deepEqual([version, kid, lengths, more], ["v1", "k1", [12, seed.length, 16], []]);
  });

  const elsewhere: Record<string, SealedFor> = {
    "another subject": { ...to, subject: "bob" },
    "another credential": { ...to, credential: "c-2" },
    "a subject that takes letters from the credential": { ...to, subject: "alicec", credential: "-1" },
  };
  for (const [where, other] of Object.entries(elsewhere))
    it(`does not open when it was moved to ${where}`, () => {
      assert.throws(() => unseal(seal(seed, to, [key]), other, [key]));
    });

  it("does not open with another key, even of the same name", () => {
    const other = sealingKey("k1", randomBytes(32).toString("base64"));
    assert.throws(() => unseal(seal(seed, to, [key]), to, [other]));
  });

  it("names the key that is not held here", () => {
    const other = sealingKey("k2", key.key.export().toString("base64"));
    assert.throws(() => unseal(seal(seed, to, [key]), to, [other]), /sealed with the key "k1", which is not held here/);
  });

  it("does not open under another key id that was written over its own", () => {
    const other = sealingKey("k2", key.key.export().toString("base64"));
    assert.throws(() => unseal(seal(seed, to, [key]).replace(".k1.", ".k2."), to, [other]));
  });

  it("does not open when any one of its characters is another", () => {
    const sealed = seal(seed, to, [key]);
    for (let i = 0; i < sealed.length; i++) {
      const other = sealed[i] === "A" ? "Q" : "A";
      const text = sealed.slice(0, i) + other + sealed.slice(i + 1);
      // The last character of a part may differ in bits that base64url does not use.
      if (sameBytes(text, sealed)) continue;
      assert.throws(() => unseal(text, to, [key]), `character ${i} of ${sealed}`);
    }
  });

  it("does not open when it was cut anywhere", () => {
    const sealed = seal(seed, to, [key]);
    for (let length = 0; length < sealed.length; length++)
      assert.throws(() => unseal(sealed.slice(0, length), to, [key]), `cut to ${length}`);
  });

  it("does not open with a shorter tag, which would be easier to guess", () => {
    const [version, kid, iv, ct, tag = ""] = seal(seed, to, [key]).split(".");
    const short = Buffer.from(tag, "base64url").subarray(0, 12).toString("base64url");
    assert.throws(() => unseal([version, kid, iv, ct, short].join("."), to, [key]), /was cut/);
  });

  it("does not open with parts added, or of another version", () => {
    const sealed = seal(seed, to, [key]);
    assert.throws(() => unseal(`${sealed}.more`, to, [key]), /another form/);
    assert.throws(() => unseal(sealed.replace(/^v1/, "v2"), to, [key]), /another form/);
  });
});

describe("sealingKey", () => {
  it("takes 32 bytes of base64 and no other number", () => {
    for (const bytes of [0, 16, 31, 33])
      assert.throws(() => sealingKey("k1", randomBytes(bytes).toString("base64")), /has 32 bytes; this one has/);
  });

  it("takes no key id that would break the form of a sealed text", () => {
    for (const kid of ["", "a.b", "K1", "x".repeat(33)])
      assert.throws(() => sealingKey(kid, randomBytes(32).toString("base64")), /key id/);
  });
});

function sameBytes(one: string, other: string): boolean {
  const [a, b] = [one.split("."), other.split(".")];
  if (a[0] !== b[0] || a[1] !== b[1] || a.length !== b.length) return false;
  const bytes = (part = "") => Buffer.from(part, "base64url").toString("hex");
  return a.every((part, i) => bytes(part) === bytes(b[i]));
}
