import assert from "node:assert/strict";
import { assertionCheck } from "../../../src/adapters/witness/assertion.ts";
import { witnessOf } from "../../../src/adapters/witness/witness.ts";
import type { Proof } from "../../../src/challenge/challenge.ts";
import { type Assertion, challengeOf } from "../../../src/challenge/evidence.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeDirectory } from "../../fakes/directory.ts";
import { type Signing, type SoftPasskey, softPasskey } from "../../fakes/passkey.ts";

const origin = "https://countersign.example";
const binding = { salt: "s".repeat(43), expiresAt: noon + 300_000 };
const digest = "d".repeat(64);

describe("the witness of passkeys", () => {
  const [bobs, carols] = [softPasskey(), softPasskey()];
  const directory = fakeDirectory([
    { sub: "bob", groups: [], passkeys: [softPasskey(), bobs] },
    { sub: "carol", groups: [], passkeys: [carols] },
    { sub: "dora", groups: [] },
  ]);
  const witness = witnessOf({ assertion: assertionCheck({ origin, directory }) });

  /** Bob's proof for the digest, given at noon, but for what is said otherwise. */
  function proof(
    change: Partial<Proof & Assertion> = {},
    signing: Partial<Signing> = {},
    passkey: SoftPasskey = bobs,
  ): Proof {
    const meant = challengeOf({ digest, subject: "bob" }, binding);
    const { id, response } = passkey.sign({ challenge: meant, origin, ...signing });
    const evidence = { kind: "assertion", binding, credential: id, ...response, ...pick(change, evidenceFields) };
    return {
      authenticator: "passkey",
      subject: "bob",
      digest,
      at: noon,
      request: "r-abcd234567",
      signature: "ours",
      ...pick(change, ["authenticator", "subject", "digest", "at"]),
      evidence,
    } as Proof;
  }
  const evidenceFields = ["binding", "credential", "authenticatorData", "clientDataJSON"] as const;

  it("takes what a person's own passkey signed for this digest, also where its counter stays 0", async () => {
    assert.equal(await witness.whyNot(proof()), undefined);
    assert.equal(await witness.whyNot(proof({}, { counter: 7 })), undefined);
  });

  const refused: readonly (readonly [what: string, made: () => Proof, why: RegExp])[] = [
    ["signed for another digest", () => proof({ digest: "e".repeat(64) }), /for something else/],
    ["signed with another salt", () => proof({ binding: { ...binding, salt: "t".repeat(43) } }), /for something else/],
    [
      "signed to another time",
      () => proof({ binding: { ...binding, expiresAt: binding.expiresAt + 1 } }),
      /for something else/,
    ],
    ["of another person, by their own passkey", () => proof({ subject: "carol" }, {}, carols), /for something else/],
    ["by another person's passkey", () => proof({}, {}, carols), /does not list this passkey for bob/],
    ["by a passkey that is not listed", () => proof({}, {}, softPasskey()), /does not list this passkey/],
    [
      "by a stranger's key under a listed id",
      () => proof({ credential: bobs.id }, {}, softPasskey()),
      /signature does not hold/,
    ],
    ["of one who has none", () => proof({ subject: "dora" }), /does not list/],
    ["of one whom the directory does not know", () => proof({ subject: "mallory" }), /does not list/],
    ["signed on another page", () => proof({}, { origin: "https://countersign.evil" }), /on another page/],
    ["signed in a frame of another page", () => proof({}, { crossOrigin: true }), /within another page/],
    ["signed for another relying party", () => proof({}, { rpId: "evil.example" }), /RP ID/],
    ["without user verification", () => proof({}, { verified: false }), /user could not be verified/],
    ["without anybody there", () => proof({}, { present: false }), /not present/],
    ["that made a passkey instead", () => proof({}, { type: "webauthn.create" }), /no assertion/],
    ["that is no JSON", () => proof({ clientDataJSON: "bm9wZQ" }), /no assertion/],
    ["whose flags were set afterwards", () => tampered(proof({}, { verified: false })), /signature does not hold/],
    ["given after its time", () => proof({ at: binding.expiresAt + 1 }), /in time/],
    ["given ten minutes before its time ends and more", () => proof({ at: binding.expiresAt - 600_001 }), /in time/],
    ["said to be another authenticator's", () => proof({ authenticator: "push" }), /by a passkey alone/],
  ];
  for (const [what, made, why] of refused)
    it(`refuses one ${what}`, async () => assert.match((await witness.whyNot(made())) ?? "taken", why));

  it("takes nothing of a kind that nothing here can check", async () => {
    const [none, no] = [witnessOf({}), /nothing here can check what a passkey brought/];
    assert.match((await none.whyNot(proof())) ?? "taken", no);
    const { evidence: _, ...bare } = proof();
    assert.match((await witness.whyNot(bare)) ?? "taken", no);
  });
});

/** The same with the flag of user verification set in what was signed without it. */
function tampered(proof: Proof): Proof {
  const evidence = proof.evidence as Assertion;
  const bytes = Buffer.from(evidence.authenticatorData, "base64url");
  bytes[32] = 5;
  return { ...proof, evidence: { ...evidence, authenticatorData: bytes.toString("base64url") } };
}

function pick<T extends object>(from: T, names: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name as keyof T))) as Partial<T>;
}
