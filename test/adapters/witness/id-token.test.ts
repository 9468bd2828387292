import assert from "node:assert/strict";
import { idTokenCheck } from "../../../src/adapters/witness/id-token.ts";
import { witnessOf } from "../../../src/adapters/witness/witness.ts";
import type { Witness } from "../../../src/ports.ts";
import { type StrangeProvider, startStrangeProvider } from "../../lab/idp/strange-provider.ts";

const [alice, digest, acr] = ["alice@example.com", "d".repeat(64), "mfa"];
const minute = 60_000;

describe("the witness of ID tokens", () => {
  let idp: StrangeProvider;
  let witness: Witness;
  beforeEach(async () => {
    idp = await startStrangeProvider();
    witness = witnessOf({
      "id-token": idTokenCheck({ preset: "generic", issuer: idp.issuer, clientId: "countersign", acr: [acr] }),
    });
  });
  afterEach(() => idp.close());

  /** What it says of this token as the evidence of alice's proof. */
  const whyNot = (token: string, { at = Date.now() }: { at?: number } = {}) => {
    const evidence = { kind: "id-token", token } as const;
    const proof = {
      authenticator: "push",
      subject: alice,
      digest,
      at,
      request: "r-1",
      evidence,
      signature: "s",
    } as const;
    return witness.whyNot(proof);
  };
  const good = { sub: alice, acr };
  const seconds = (ms: number) => Math.floor(ms / 1000);

  it("finds nothing against one that the provider signed for this person, now, as strong as is asked", async () => {
    assert.equal(await whyNot(await idp.sign(good)), undefined);
  });

  it("attack: takes none that anybody else signed, or that nobody did", async () => {
    assert.match((await whyNot(await idp.sign(good, { forged: true }))) ?? "", /does not hold/);
    assert.match((await whyNot(await idp.sign(good, { alg: "HS256" }))) ?? "", /does not hold/);
    const [, payload = ""] = (await idp.sign(good)).split(".");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    assert.match((await whyNot(none)) ?? "", /does not hold/);
    assert.match((await whyNot("no token at all")) ?? "", /does not hold/);
  });

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ sub: "bob@example.com" }, /somebody else/],
    [{ iss: "https://other.example.com" }, /does not hold/],
    [{ aud: "another-client" }, /does not hold \(ERR_JWT_CLAIM/],
    [{ aud: ["countersign", "another-client"] }, /for others too/],
    [{ acr: "password" }, /acr is password, and it takes mfa/],
    [{ acr: undefined }, /acr is missing/],
    [{ auth_time: undefined }, /does not say when/],
    [{ auth_time: seconds(Date.now() - 11 * minute) }, /too old/],
    [{ auth_time: seconds(Date.now() + 5 * minute) }, /after the proof/],
    [{ exp: seconds(Date.now() - 5 * minute) }, /had expired/],
  ];
  for (const [odd, says] of refused)
    it(`refuses one of which it says: ${says.source}`, async () => {
      assert.match((await whyNot(await idp.sign({ ...good, ...odd }))) ?? "nothing", says);
    });

  it("judges a token by the time of its proof: one that has expired since then still shows what it showed", async () => {
    const then = Date.now() - 30 * minute;
    const token = await idp.sign({ ...good, auth_time: seconds(then), exp: seconds(then + 5 * minute) });
    assert.equal(await whyNot(token, { at: then }), undefined);
  });

  it("takes no other evidence for an ID token", async () => {
    const proof = { authenticator: "totp", subject: alice, digest, at: 0, request: "r-1", signature: "s" } as const;
    assert.match((await witness.whyNot(proof)) ?? "", /nothing here can check/);
  });

  it("throws when the keys cannot be read, for then it cannot tell, and tells as soon as they can", async () => {
    const token = await idp.sign(good);
    idp.keysAway = true;
    await assert.rejects(whyNot(token), /keys cannot be read/);
    idp.keysAway = false;
    assert.equal(await whyNot(token), undefined);
  });

  it("attack: believes no address that speaks for another issuer", async () => {
    idp.metadata = { issuer: "https://other.example.com" };
    await assert.rejects(whyNot(await idp.sign(good)), /keys cannot be read/);
  });
});
