import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { loginSeal } from "../../../src/adapters/authenticators/login.ts";
import { sealingKey } from "../../../src/adapters/authenticators/seal.ts";
import { providerLogins } from "../../../src/adapters/idp/login.ts";
import { providerRefresh } from "../../../src/adapters/idp/refresh.ts";
import { membershipWitness } from "../../../src/adapters/witness/membership.ts";
import { isRefusal } from "../../../src/operation/refusal.ts";
import type { Provider } from "../../../src/policy/provider-document.ts";
import type { MembershipRefresh, MembershipWitness } from "../../../src/ports/membership.ts";
import { phoneAcr } from "../../lab/idp/contexts.ts";
import { cookieBrowser } from "../../lab/idp/cookie-browser.ts";
import { type Idp, startIdp } from "../../lab/idp/idp.ts";
import { startStrangeProvider } from "../../lab/idp/strange-provider.ts";

const [alice, bob] = ["alice@example.com", "bob@example.com"];
const back = "https://countersign.example/login";
const groups = { claim: "groups", freshMs: 600_000 };

describe("asking the provider anew who somebody is", () => {
  let idp: Idp;
  let provider: Provider & { readonly groups: typeof groups };
  let refreshing: MembershipRefresh;
  let witness: MembershipWitness;
  beforeEach(async () => {
    idp = await startIdp({ subjects: [alice, bob], redirectUris: [back] });
    provider = {
      ...{ preset: "generic", issuer: idp.issuer, clientId: idp.clientId, clientAuth: "basic", acr: [phoneAcr] },
      ...{ login: true, groups },
    };
    refreshing = providerRefresh(provider, { secret: idp.clientSecret, plain: true });
    witness = membershipWitness(provider);
  });
  afterEach(() => idp.close());

  /** Logs in for one end, and answers what came of it. */
  const logIn = async (end: "link" | "step-up", as = alice) => {
    const seal = loginSeal([sealingKey("k-1", randomBytes(32).toString("base64"))]);
    const logins = providerLogins(provider, { secret: idp.clientSecret, plain: true, back, seal });
    const begun = await logins.begin({ end, nonce: "n".repeat(43), carry: "" });
    if (isRefusal(begun)) return assert.fail(begun.says);
    const done = await logins.finish(begun.kept, await cookieBrowser().logIn(begun.address, { as }));
    return isRefusal(done) ? assert.fail(done.says) : done;
  };
  const linked = async (as = alice) => {
    const { refresh, token } = await logIn("link", as);
    return { token: token.token, refresh: refresh ?? assert.fail("no refresh token") };
  };
  const groupsBy = async (token: string, subject = alice, now = Date.now()) =>
    (await witness.read(token, subject, now))?.groups;
  const refreshed = async (refresh: string) => {
    const answer = await refreshing.refresh(refresh);
    return typeof answer === "string" ? assert.fail(answer) : answer;
  };

  it("is possible for who logged in to be linked, and not with what a step-up brought", async () => {
    idp.setGroups(alice, ["oncall", "sre"]);
    const { token } = await linked();
    assert.deepEqual(await groupsBy(token), ["oncall", "sre"]);
    assert.equal((await logIn("step-up")).refresh, undefined);
  });

  it("brings the groups as they are by now, and what to ask with the next time", async () => {
    idp.setGroups(alice, ["oncall", "sre"]);
    const { refresh } = await linked();
    idp.setGroups(alice, ["oncall"]);
    const first = await refreshed(refresh);
    assert.deepEqual(await groupsBy(first.token), ["oncall"]);
    idp.setGroups(alice, []);
    assert.deepEqual(await groupsBy((await refreshed(first.refresh)).token), []);
  });

  it("is refused for whom the provider knows no more, and for what it never gave", async () => {
    const { refresh } = await linked();
    idp.setActive(alice, false);
    assert.equal(await refreshing.refresh(refresh), "refused");
    assert.equal(await refreshing.refresh("made up"), "refused");
  });

  it("tells that the provider is away from a no: nobody is let go because it fails", async () => {
    const strange = await startStrangeProvider();
    try {
      const there = providerRefresh({ ...provider, issuer: strange.issuer }, { secret: "s".repeat(20), plain: true });
      for (const status of [503, 429, 200]) {
        Object.assign(strange, { status, token: undefined });
        assert.equal(await there.refresh("r"), "away", String(status));
      }
      strange.token = await strange.sign({ sub: alice }, { forged: true });
      assert.equal(await there.refresh("r"), "away");
    } finally {
      await strange.close();
    }
  });

  describe("is read by the provider's public keys", () => {
    it("of this person alone, and of one that has not expired", async () => {
      idp.setGroups(alice, ["sre"]);
      const { token } = await linked();
      assert.equal(await groupsBy(token, bob), undefined);
      assert.equal(await groupsBy(token, alice, Date.now() + 3_600_000), undefined);
      assert.equal(await groupsBy(token, alice, Date.now() - 3_600_000), undefined);
      assert.equal(await groupsBy("no token"), undefined);
    });

    it("attack: and of no other key, and for no other client", async () => {
      const strange = await startStrangeProvider();
      try {
        const there = membershipWitness({ issuer: strange.issuer, clientId: "countersign", groups });
        const claims = { sub: alice, groups: ["security"] };
        assert.deepEqual((await there.read(await strange.sign(claims), alice, Date.now()))?.groups, ["security"]);
        for (const token of [
          await strange.sign(claims, { forged: true }),
          await strange.sign(claims, { alg: "HS256" }),
          await strange.sign({ ...claims, aud: "another" }),
        ])
          assert.equal(await there.read(token, alice, Date.now()), undefined);
      } finally {
        await strange.close();
      }
    });

    it("by the names of the document, where it has some, and by no other name", async () => {
      idp.setGroups(alice, ["7f3c", "everybody", "sre"]);
      const { token } = await linked();
      const named = membershipWitness({ ...provider, groups: { ...groups, named: new Map([["7f3c", "oncall"]]) } });
      assert.deepEqual((await named.read(token, alice, Date.now()))?.groups, ["oncall"]);
    });
  });
});
