import assert from "node:assert/strict";
import { type Provider, readProvider } from "../../src/policy/provider-document.ts";
import { presetNames, presets } from "../../src/policy/provider-presets.ts";

const least = "preset: generic\nissuer: https://id.example.com\nclientId: countersign\nacr: [mfa]\n";

/** What is wrong with this text, each fault as `line:column: words`. */
function faultsOf(text: string, options?: { readonly plain: boolean }): readonly string[] {
  const read = readProvider(text, options);
  return "faults" in read ? read.faults.map(({ line, column, says }) => `${line}:${column}: ${says}`) : [];
}

function read(text: string): Provider {
  const provider = readProvider(text);
  assert.ok(!("faults" in provider), JSON.stringify(provider));
  return provider;
}

describe("a provider's document", () => {
  it("takes from its preset what it does not say itself", () => {
    const { push } = read(`${least}push: { seconds: 60, text: { limit: 80 } }\n`);
    assert.deepEqual(push, {
      hint: "sub",
      expiry: "requested_expiry",
      seconds: 60,
      text: { limit: 80, charset: "text" },
    });
    const okta = read("preset: okta\nissuer: https://id.example.com\nclientId: c\n");
    assert.deepEqual([okta.push?.expiry, okta.acr[0]], ["request_expiry", "phr"]);
    const keycloak = read(least.replace("generic", "keycloak"));
    assert.deepEqual(keycloak.push?.text, { limit: 50, charset: "words" });
    assert.equal(read(least.replace("generic", "auth0")).push?.hint, "iss_sub");
  });

  it("sends no push through a provider that has no CIBA, and says so to who asks for one", () => {
    const entra = least.replace("generic", "entra");
    assert.equal(read(entra).push, undefined);
    assert.match(faultsOf(`${entra}push: { seconds: 60 }\n`)[0] ?? "", /^5:.*entra has no CIBA/);
  });

  it("names the place of each fault", () => {
    assert.match(faultsOf(`${least}isuer: x\n`)[0] ?? "", /^5:8: .*isuer/);
    assert.match(faultsOf(least.replace("acr: [mfa]\n", ""))[0] ?? "", /acr: generic has no usual one/);
    assert.match(faultsOf(`${least}push: { seconds: 601 }\n`)[0] ?? "", /^5:.*at most 600/);
    assert.match(faultsOf(`${least}push: { text: { limit: 20 } }\n`)[0] ?? "", /at least 40/);
  });

  it("holds an application of Duo's at a host of Duo's alone, whatever the provider is", () => {
    const duo = (host: string, key = "DIWJ8X6AEYOR5OMC6TQ1") => `duo: { host: ${host}, integrationKey: ${key} }\n`;
    const good = duo("api-1a2b3c4d.duosecurity.com");
    const { duo: account } = read(`${least.replace("generic", "entra")}${good}`);
    assert.deepEqual(account, { host: "api-1a2b3c4d.duosecurity.com", integrationKey: "DIWJ8X6AEYOR5OMC6TQ1" });
    assert.equal(read(least).duo, undefined);
    for (const host of ["evil.example.com", "api-1a2b3c4d.duosecurity.com.evil.example", "127.0.0.1:8443", "a@b"])
      assert.match(faultsOf(`${least}${duo(`"${host}"`)}`)[0] ?? "", /^5:14: duo\.host: is Duo's/, host);
    assert.deepEqual(faultsOf(`${least}${duo('"127.0.0.1:8443"')}`, { plain: true }), []);
    assert.match(faultsOf(`${least}${duo("api-1a2b3c4d.duosecurity.com", "secret")}`)[0] ?? "", /^5:.*begins with DI/);
    assert.match(faultsOf(`${least}duo: { secret: x }\n`)[0] ?? "", /^5:/);
  });

  it("sends pushes by Okta's direct authentication only where it says so, and by methods of a device alone", () => {
    const okta = "preset: okta\nissuer: https://id.example.com\nclientId: c\n";
    assert.equal(read(okta).okta, undefined);
    assert.deepEqual(read(`${okta}okta: {}\n`).okta, { amr: ["hwk", "oob", "pop", "swk"], seconds: 120 });
    assert.deepEqual(read(`${okta}okta: { amr: [hwk], seconds: 60 }\n`).okta, { amr: ["hwk"], seconds: 60 });
    assert.deepEqual([read(okta).push?.seconds, read(`${okta}push: false\n`).push], [120, undefined]);
    assert.match(faultsOf(`${okta}okta: { amr: [pwd] }\n`)[0] ?? "", /^4:.*hwk, oob, pop, swk/);
    assert.match(faultsOf(`${okta}okta: { seconds: 301 }\n`)[0] ?? "", /^4:.*at most 300/);
    assert.match(faultsOf(`${least}okta: {}\n`)[0] ?? "", /^5:.*generic is not Okta/);
  });

  it("counts a login only where it says so, and has no more to say of it", () => {
    assert.equal(read(least).login, undefined);
    assert.equal(read(`${least}login: {}\n`).login, true);
    assert.match(faultsOf(`${least}login: { prompt: none }\n`)[0] ?? "", /^5:.*prompt/);
  });

  it("takes groups from the claim that it names, of logins alone, for ten minutes or as long as it says", () => {
    const login = `${least}login: {}\n`;
    assert.equal(read(login).groups, undefined);
    assert.deepEqual(read(`${login}groups: { claim: groups }\n`).groups, { claim: "groups", freshMs: 600_000 });
    const named = read(`${login}groups: { claim: roles, freshFor: 5m, named: { 7f3c: oncall } }\n`).groups;
    assert.deepEqual(named, { claim: "roles", freshMs: 300_000, named: new Map([["7f3c", "oncall"]]) });
    assert.match(faultsOf(`${least}groups: { claim: groups }\n`)[0] ?? "", /^5:.*login: \{\}/);
    assert.match(faultsOf(`${login}groups: { claim: groups, freshFor: 2h }\n`)[0] ?? "", /^6:.*at most 1h/);
    assert.match(faultsOf(`${login}groups: { claim: g, named: { a: "group:b" } }\n`)[0] ?? "", /^6:.*name of a group/);
  });

  it("counts no context that is asked for only if possible", () => {
    assert.match(faultsOf(least.replace("mfa", "urn:okta:loa:2fa:any:ifpossible"))[0] ?? "", /if possible/);
  });

  it("takes https alone, and plain http on loopback where the demo says so", () => {
    const at = (issuer: string) => least.replace("https://id.example.com", issuer);
    assert.match(faultsOf(at("http://id.example.com"))[0] ?? "", /^2:9: issuer: must be https/);
    assert.match(faultsOf(at("http://127.0.0.1:9"))[0] ?? "", /must be https/);
    assert.deepEqual(faultsOf(at("http://127.0.0.1:9"), { plain: true }), []);
    assert.match(faultsOf(at("http://id.example.com"), { plain: true })[0] ?? "", /must be https/);
    assert.match(faultsOf(at("https://name:word@id.example.com"))[0] ?? "", /neither a name/);
    assert.match(faultsOf(at("id"))[0] ?? "", /is an address/);
  });

  it("has notes for each preset, and asks for no context that may be left out", () => {
    for (const name of presetNames) {
      assert.ok(presets[name].notes.length > 0, name);
      assert.ok(!presets[name].acr.some((acr) => acr.endsWith("ifpossible")), name);
    }
  });
});
