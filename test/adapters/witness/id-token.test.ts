import assert from "node:assert/strict";
import { idTokenCheck } from "../../../src/adapters/witness/id-token.ts";
import { witnessOf } from "../../../src/adapters/witness/witness.ts";
import type { Proof } from "../../../src/challenge/challenge.ts";
import { challengeOf } from "../../../src/challenge/evidence.ts";
import { stepUpMs } from "../../../src/challenge/step-up.ts";
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
    [{ auth_time: seconds(Date.now() - 3 * minute) }, /without a login of then/],
  ];
  for (const [odd, says] of refused)
    it(`refuses one of which it says: ${says.source}`, async () => {
      assert.match((await whyNot(await idp.sign({ ...good, ...odd }))) ?? "nothing", says);
    });

  it("judges a token by the time of its proof: one that has expired since then still shows what it showed", async () => {
    const then = Date.now() - 30 * minute;
    const token = await idp.sign({
      ...good,
      auth_time: seconds(then),
      iat: seconds(then),
      exp: seconds(then + 5 * minute),
    });
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

  it("attack: takes no token of a login for one of a push, which names no plan", async () => {
    assert.match((await whyNot(await idp.sign({ ...good, nonce: "n" }))) ?? "", /of a login, and not of a push/);
  });
});

describe("the witness of logins", () => {
  let idp: StrangeProvider;
  beforeEach(async () => {
    idp = await startStrangeProvider();
  });
  afterEach(() => idp.close());

  const now = Math.floor(Date.now() / 1000) * 1000;
  const binding = { salt: "s".repeat(43), expiresAt: now + 5 * minute };
  const about = { subject: alice, digest };
  const nonce = challengeOf(about, binding);
  const good = { sub: alice, acr, nonce };
  const seconds = (ms: number) => Math.floor(ms / 1000);

  const whyNot = (token: string, as: Partial<Proof> = {}, counts: { readonly login?: true } = { login: true }) => {
    const provider = { preset: "generic", issuer: idp.issuer, clientId: "countersign", acr: [acr] } as const;
    const witness = witnessOf({ "id-token": idTokenCheck({ ...provider, ...counts }) });
    const evidence = { kind: "id-token", token, binding } as const;
    const proof = {
      authenticator: "login",
      ...about,
      at: Date.now(),
      request: "r-1",
      evidence,
      signature: "s",
    } as const;
    return witness.whyNot({ ...proof, ...as });
  };

  it("finds nothing against one whose nonce is over this plan, this person and this step-up", async () => {
    assert.equal(await whyNot(await idp.sign(good)), undefined);
  });

  it("takes none where the document does not say that logins count", async () => {
    assert.match((await whyNot(await idp.sign(good), {}, {})) ?? "", /no login at the provider counts here/);
  });

  for (const [what, other] of [
    ["another plan", { digest: "e".repeat(64) }],
    ["another person", { subject: "bob@example.com" }],
  ] as const)
    it(`attack: takes none that was for ${what}`, async () => {
      const nonce = challengeOf({ ...about, ...other }, binding);
      assert.match((await whyNot(await idp.sign({ ...good, nonce }))) ?? "", /for something else/);
      assert.match((await whyNot(await idp.sign(good), other)) ?? "", /for something else|of somebody else/);
    });

  it("attack: takes none of another step-up, and none without a nonce", async () => {
    const nonce = challengeOf(about, { ...binding, salt: "t".repeat(43) });
    for (const odd of [{ nonce }, { nonce: undefined }])
      assert.match((await whyNot(await idp.sign({ ...good, ...odd }))) ?? "", /for something else/);
  });

  it("takes none after the step-up was over, and none of a step-up that would last longer than one may", async () => {
    assert.match((await whyNot(await idp.sign(good), { at: binding.expiresAt + 1 })) ?? "", /not given in time/);
    const early = binding.expiresAt - stepUpMs - 1;
    const token = await idp.sign({ ...good, auth_time: seconds(early), iat: seconds(early) });
    assert.match((await whyNot(token, { at: early })) ?? "", /not given in time/);
  });

  it("attack: takes none that the provider signed by a session of before, without asking anybody", async () => {
    const then = { auth_time: seconds(now - 3 * minute), iat: seconds(now) };
    assert.match((await whyNot(await idp.sign({ ...good, ...then }))) ?? "", /without a login of then/);
    const whole = { auth_time: seconds(now - 3 * minute), iat: seconds(now - 2 * minute) };
    assert.equal(await whyNot(await idp.sign({ ...good, ...whole })), undefined);
  });

  it("reads Entra's authentication contexts in acrs", async () => {
    const provider = {
      preset: "entra",
      issuer: idp.issuer,
      clientId: "countersign",
      acr: ["c1"],
      login: true,
    } as const;
    const check = idTokenCheck(provider);
    const of = async (claims: object) => {
      const evidence = { kind: "id-token", token: await idp.sign({ sub: alice, nonce, ...claims }), binding } as const;
      const proof = {
        authenticator: "login",
        ...about,
        at: Date.now(),
        request: "r-1",
        evidence,
        signature: "s",
      } as const;
      return check(proof, evidence);
    };
    assert.equal(await of({ acrs: ["c2", "c1"] }), undefined);
    assert.match((await of({ acrs: ["c2"] })) ?? "", /acrs is c2, and it takes c1/);
    assert.match((await of({ acr: "c1" })) ?? "", /acrs is missing/);
  });
});
