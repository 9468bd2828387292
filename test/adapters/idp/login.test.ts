import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { loginSeal } from "../../../src/adapters/authenticators/login.ts";
import { sealingKey } from "../../../src/adapters/authenticators/seal.ts";
import { providerLogins } from "../../../src/adapters/idp/login.ts";
import { isRefusal, type Refusal } from "../../../src/operation/refusal.ts";
import type { LoggedIn, LoginBegun, Logins, WayBack } from "../../../src/ports/login.ts";
import { phoneAcr, weakerAcr } from "../../lab/idp/contexts.ts";
import { cookieBrowser } from "../../lab/idp/cookie-browser.ts";
import { type Idp, startIdp } from "../../lab/idp/idp.ts";
import { type StrangeProvider, startStrangeProvider } from "../../lab/idp/strange-provider.ts";

const [alice, bob] = ["alice@example.com", "bob@example.com"];
const back = "https://countersign.example/login";
const nonce = "n".repeat(43);
const wish = { end: "step-up", nonce, subject: alice, carry: "what for" } as const;

function loginsAt(issuer: string, secret: string, key = randomBytes(32)): Logins {
  const seal = loginSeal([sealingKey("k-1", key.toString("base64"))]);
  return providerLogins(
    { preset: "generic", issuer, clientId: "countersign", clientAuth: "basic", acr: [phoneAcr], login: true },
    { secret, plain: true, back, seal },
  );
}

describe("logins at the identity provider", () => {
  let idp: Idp;
  let logins: Logins;
  const key = randomBytes(32);
  before(async () => {
    idp = await startIdp({ subjects: [alice, bob], redirectUris: [back] });
    logins = loginsAt(idp.issuer, idp.clientSecret, key);
  });
  after(() => idp.close());

  const begun = async (): Promise<LoginBegun> => {
    const begins = await logins.begin(wish);
    return isRefusal(begins) ? assert.fail(begins.says) : begins;
  };
  const logged = async (kept: string, wayBack: WayBack): Promise<LoggedIn> => {
    const done = await logins.finish(kept, wayBack);
    return isRefusal(done) ? assert.fail(`${done.refused}: ${done.says}`) : done;
  };
  const refused = (done: LoggedIn | Refusal) => (isRefusal(done) ? done.refused : assert.fail("it was taken"));

  it("bring a token of who logged in, for the nonce that was asked for, and what was to come back with it", async () => {
    const { address, kept } = await begun();
    const done = await logged(kept, await cookieBrowser().logIn(address, { as: alice }));
    assert.deepEqual([done.end, done.carried, done.token.subject], ["step-up", "what for", alice]);
    assert.equal(done.token.acr, phoneAcr);
    const [, payload = ""] = done.token.token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { nonce?: string };
    assert.equal(claims.nonce, nonce);
  });

  it("say where to go without a secret: neither the verifier nor what is to come back stands in the address", async () => {
    const { address, kept } = await begun();
    const asked = Object.fromEntries(new URL(address).searchParams);
    assert.equal(asked["redirect_uri"], back);
    assert.deepEqual([asked["prompt"], asked["max_age"], asked["code_challenge_method"]], ["login", "0", "S256"]);
    assert.deepEqual(JSON.parse(asked["claims"] ?? ""), {
      id_token: { acr: { essential: true, value: phoneAcr }, auth_time: null },
    });
    assert.deepEqual([asked["response_mode"], asked["acr_values"], asked["login_hint"]], ["fragment", phoneAcr, alice]);
    assert.ok(!address.includes("what%20for") && !address.includes("what+for"));
    assert.doesNotMatch(kept, /what for|step-up/);
  });

  it("ask Entra ID for an authentication context in the claim that it has for them", async () => {
    const seal = loginSeal([sealingKey("k-1", key.toString("base64"))]);
    const entra = providerLogins(
      {
        ...{ preset: "entra", issuer: idp.issuer, clientId: "countersign", clientAuth: "post", login: true },
        acr: ["c1", "c2"],
      },
      { secret: idp.clientSecret, plain: true, back, seal },
    );
    const begins = await entra.begin(wish);
    const asked = new URL(isRefusal(begins) ? assert.fail(begins.says) : begins.address).searchParams;
    assert.equal(asked.get("acr_values"), null);
    assert.deepEqual(JSON.parse(asked.get("claims") ?? ""), {
      id_token: { acrs: { essential: true, value: "c1" }, auth_time: null },
    });
  });

  it("ask anew although the browser has a session with the provider", async () => {
    const browser = cookieBrowser();
    await browser.logIn((await begun()).address, { as: alice });
    const second = await browser.open((await begun()).address);
    assert.match(second.pathname, /^\/interaction\//);
  });

  it("use nothing up when the address is looked at by scanners", async () => {
    const { address, kept } = await begun();
    for (const _ of [1, 2, 3]) await cookieBrowser().open(address);
    assert.equal((await logged(kept, await cookieBrowser().logIn(address, { as: alice }))).token.subject, alice);
  });

  it("say so when the person said no, and when the provider does not answer", async () => {
    const { address, kept } = await begun();
    const no = await cookieBrowser().logIn(address, {});
    assert.equal(no.error, "access_denied");
    assert.equal(refused(await logins.finish(kept, no)), "declined");
    const nowhere = loginsAt("http://127.0.0.1:9", "s".repeat(20));
    assert.equal(refused((await nowhere.begin(wish)) as Refusal), "provider-away");
  });

  it("leave it to who asked to judge who came, and in which context", async () => {
    const { address, kept } = await begun();
    const { token } = await logged(kept, await cookieBrowser().logIn(address, { as: bob, acr: weakerAcr }));
    assert.deepEqual([token.subject, token.acr], [bob, weakerAcr]);
  });

  describe("attack: refuse", () => {
    it("an answer that is brought twice", async () => {
      const { address, kept } = await begun();
      const answer = await cookieBrowser().logIn(address, { as: alice });
      await logged(kept, answer);
      assert.equal(refused(await logins.finish(kept, answer)), "evidence");
    });

    it("an answer in a browser that did not begin it, or began another", async () => {
      const [first, other] = [await begun(), await begun()];
      const answer = await cookieBrowser().logIn(first.address, { as: alice });
      assert.equal(refused(await logins.finish(other.kept, answer)), "link-not-valid");
      assert.equal(refused(await logins.finish("", answer)), "link-not-valid");
      const [, sealed = ""] = /^[^.]+\.(.*)$/.exec(other.kept) ?? [];
      assert.equal(refused(await logins.finish(`${answer.state}.${sealed}`, answer)), "link-not-valid");
    });

    it("what a browser kept that was sealed by another key, or changed", async () => {
      const { address, kept } = await begun();
      const answer = await cookieBrowser().logIn(address, { as: alice });
      assert.equal(refused(await loginsAt(idp.issuer, idp.clientSecret).finish(kept, answer)), "link-not-valid");
      const changed = kept.slice(0, -2) + (kept.endsWith("AA") ? "BB" : "AA");
      assert.equal(refused(await logins.finish(changed, answer)), "link-not-valid");
    });

    it("a code that the provider never gave, and one of another login", async () => {
      const { kept, address } = await begun();
      const answer = await cookieBrowser().logIn(address, { as: alice });
      const other = await cookieBrowser().logIn((await begun()).address, { as: alice });
      assert.equal(refused(await logins.finish(kept, { ...answer, code: "c".repeat(43) })), "evidence");
      assert.equal(refused(await logins.finish(kept, { ...answer, code: other.code })), "evidence");
    });

    it("an answer of another issuer, or of none (RFC 9207)", async () => {
      const { address, kept } = await begun();
      const answer = await cookieBrowser().logIn(address, { as: alice });
      assert.notEqual(answer.iss, "");
      for (const iss of ["https://other.example.com", ""])
        assert.equal(refused(await logins.finish(kept, { ...answer, iss })), "evidence");
    });
  });

  describe("at a provider that errs", () => {
    let strange: StrangeProvider;
    beforeEach(async () => {
      strange = await startStrangeProvider();
      strange.metadata = { authorization_endpoint: `${strange.issuer}/auth` };
    });
    afterEach(() => strange.close());

    const answered = async (token: string | undefined, status = 200) => {
      const there = loginsAt(strange.issuer, "s".repeat(20));
      const begins = await there.begin(wish);
      if (isRefusal(begins)) return assert.fail(begins.says);
      Object.assign(strange, { token, status });
      const state = new URL(begins.address).searchParams.get("state") ?? "";
      return there.finish(begins.kept, { code: "c", state, iss: "", error: "" });
    };

    it("takes what it signs for this nonce", async () => {
      const done = await answered(await strange.sign({ sub: alice, acr: phoneAcr, nonce }));
      assert.ok(!isRefusal(done) && done.token.subject === alice);
    });

    it("attack: refuses a token of another nonce, of none, signed by another key, for another client, or no token", async () => {
      const good = { sub: alice, acr: phoneAcr, nonce };
      for (const token of [
        await strange.sign({ ...good, nonce: "another" }),
        await strange.sign({ sub: alice, acr: phoneAcr }),
        await strange.sign(good, { forged: true }),
        await strange.sign({ ...good, aud: "another-client" }),
        undefined,
      ])
        assert.equal(refused(await answered(token)), "evidence");
    });

    it("is said to be away when it fails, and nothing is taken", async () => {
      assert.equal(refused(await answered(undefined, 503)), "provider-away");
    });
  });
});
