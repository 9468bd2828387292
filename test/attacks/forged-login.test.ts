import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { loginSeal } from "../../src/adapters/authenticators/login.ts";
import { sealingKey } from "../../src/adapters/authenticators/seal.ts";
import { providerLogins } from "../../src/adapters/idp/login.ts";
import { type Binding, challengeOf } from "../../src/challenge/evidence.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { AwaitingChallenge } from "../../src/request/request.ts";
import { onStage } from "../journeys/stage.ts";
import { ask, reach } from "../lab/acting.ts";
import { phoneAcr } from "../lab/idp/contexts.ts";
import { cookieBrowser } from "../lab/idp/cookie-browser.ts";
import { boundPolicy } from "../lab/passkeys.ts";
import { alice, bob, carol, incident } from "../lab/people.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";
import { grantItself } from "./self-grant.ts";

const minute = 60_000;

/** The thief has all that the web process has, the client's secret at the provider too. */
describe("attack: a captured web process, and logins at the identity provider", function () {
  this.timeout(60_000);
  const stage = onStage({ policy: boundPolicy(), provider: "ciba" });
  let thief: RedisThief;
  before(() => {
    thief = redisThief(stage().lab);
  });
  after(() => thief?.close());

  const asked = async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/checkout -n prod -- by a thief");
    return (await reach(lab, id, "awaiting-challenge")) as AwaitingChallenge;
  };
  const newBinding = (): Binding => ({
    salt: randomBytes(32).toString("base64url"),
    expiresAt: Date.now() + 5 * minute,
  });

  /** What the provider signs for somebody who logs in, `before` so many ms ago; asked again in silence where told. */
  const signedFor = async (sub: string, nonce: string, { before = 0, silently = false } = {}): Promise<string> => {
    const { lab } = stage();
    const idp = lab.idp ?? assert.fail("no provider");
    const logins = providerLogins(
      {
        preset: "generic",
        issuer: idp.issuer,
        clientId: idp.clientId,
        clientAuth: "basic",
        acr: [phoneAcr],
        login: true,
      },
      {
        ...{ secret: idp.clientSecret, plain: true, back: `${lab.pagesUrl}/login` },
        seal: loginSeal([sealingKey("k", randomBytes(32).toString("base64"))]),
      },
    );
    const begin = async (over: string) => {
      const begun = await logins.begin({ end: "step-up", nonce: over, carry: "" });
      return isRefusal(begun) ? assert.fail(begun.says) : begun;
    };
    const browser = cookieBrowser();
    const ts = String(Math.floor((Date.now() - before) / 1000));
    const first = await begin(silently ? "of another plan" : nonce);
    let [kept, answer] = [first.kept, await browser.logIn(first.address, { as: sub, ts })];
    if (silently) {
      const second = await begin(nonce);
      const address = new URL(second.address);
      address.searchParams.delete("max_age");
      address.searchParams.set("prompt", "none");
      const back = new URLSearchParams((await browser.open(address.href)).hash.slice(1));
      const [code, state, iss] = ["code", "state", "iss"].map((name) => back.get(name) ?? assert.fail(`no ${name}`));
      [kept, answer] = [second.kept, { code: code ?? "", state: state ?? "", iss: iss ?? "", error: "" }];
    }
    const done = await logins.finish(kept, answer);
    return isRefusal(done) ? assert.fail(`${done.refused}: ${done.says}`) : done.token.token;
  };

  /** Grants it with a token for each of the three, by `sign`, which is told the nonce that would be right. */
  const granted = async (sign: (sub: string, nonce: string) => Promise<string>) => {
    const request = await asked();
    return grantItself(stage().lab, thief, request, {
      approvers: [bob.sub, carol.sub],
      async claim(sub) {
        const binding = newBinding();
        const token = await sign(sub, challengeOf({ subject: sub, digest: request.digest }, binding));
        return { authenticator: "login", evidence: { kind: "id-token", binding, token } };
      },
    });
  };

  it("runs what everybody logged in for: the worker asks for that and for no more", async () => {
    const before = stage().executions();
    const over = await granted((sub, nonce) => signedFor(sub, nonce));
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.ok(stage().executions() > before);
  });

  const forged = async (sub: string, nonce: string) => {
    const { privateKey } = await generateKeyPair("RS256");
    return new SignJWT({ sub, nonce, acr: phoneAcr, auth_time: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ alg: "RS256", kid: "lab" })
      .setIssuer(stage().lab.idp?.issuer ?? "")
      .setAudience("countersign")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
  };
  const inVain: readonly (readonly [string, (sub: string, nonce: string) => Promise<string>, RegExp])[] = [
    ["tokens signed by a key of the thief's", forged, /the ID token does not hold/],
    [
      "tokens that people had signed for another plan",
      (sub) => signedFor(sub, challengeOf({ subject: sub, digest: "0".repeat(64) }, newBinding())),
      /the login was for something else/,
    ],
    [
      "tokens that the provider signed without asking anybody, by sessions of before",
      (sub, nonce) => signedFor(sub, nonce, { before: 3 * minute, silently: true }),
      /the provider signed it without a login of then/,
    ],
  ];
  for (const [what, sign, why] of inVain)
    it(`runs nothing by ${what}; the record says why`, async () => {
      const before = stage().executions();
      const over = await granted(sign);
      assert.equal(over.state, "denied", JSON.stringify(over));
      assert.match("ended" in over ? over.ended.why : "", why);
      assert.equal(stage().executions(), before);
    });
});
