import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phoneAcr } from "../lab/idp/contexts.ts";
import { startIdp } from "../lab/idp/idp.ts";
import { type StrangeProvider, startStrangeProvider } from "../lab/idp/strange-provider.ts";
import { runCli } from "../lab/processes/run-cli.ts";

const poll = "urn:openid:params:grant-type:ciba";

// What vendors publish, cut to what is read here.
const okta = {
  grant_types_supported: ["authorization_code", poll],
  backchannel_token_delivery_modes_supported: ["poll"],
  token_endpoint_auth_methods_supported: ["client_secret_basic", "private_key_jwt"],
  id_token_signing_alg_values_supported: ["RS256"],
  acr_values_supported: ["phr", "phrh", "urn:okta:loa:2fa:any", "urn:okta:loa:1fa:any"],
  claims_supported: ["sub", "acr", "auth_time"],
};
const entra = {
  backchannel_authentication_endpoint: undefined,
  token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
  id_token_signing_alg_values_supported: ["RS256"],
};

describe("countersign doctor idp", function () {
  this.timeout(30_000);
  let folder: string;
  let strange: StrangeProvider;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-doctor-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    strange = await startStrangeProvider();
  });
  afterEach(() => strange.close());

  const doctor = (issuer: string, preset = "generic", rest = "acr: [mfa]") => {
    const file = join(folder, "idp.yaml");
    writeFileSync(file, `preset: ${preset}\nissuer: ${issuer}\nclientId: countersign\n${rest}\n`);
    return runCli(["doctor", "idp", file], { COUNTERSIGN_PLAIN_IDP: "demo" });
  };

  it("says of Okta's direct authentication and of Duo that only a try shows, and that they can be used without CIBA", async () => {
    strange.metadata = { ...okta, backchannel_authentication_endpoint: undefined };
    const duo = "duo: { host: api-1a2b3c4d.duosecurity.com, integrationKey: DIWJ8X6AEYOR5OMC6TQ1 }";
    const { code, stdout } = await doctor(strange.issuer, "okta", `acr: [phr]\npush: false\nokta: {}\n${duo}`);
    assert.equal(code, 0, stdout);
    for (const words of [
      /direct authentication is set up/,
      /Duo at api-1a2b3c4d\.duosecurity\.com/,
      /another way than CIBA/,
    ])
      assert.match(stdout, words);
  });

  it("finds nothing against a provider that sends pushes, and leaves to a try what cannot be read", async () => {
    const idp = await startIdp({ subjects: [], redirectUris: ["https://countersign.example/login"] });
    try {
      const { code, stdout } = await doctor(idp.issuer, "generic", `acr: ["${phoneAcr}"]\nlogin: {}`);
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /^NO /m);
      for (const words of [
        /sends pushes by CIBA/,
        /clock agrees/,
        /knows the acr urn:lab:acr:phone/,
        /Pushes can be sent/,
        /log in there anew for one plan/,
        /Logins can be bound to a plan/,
      ])
        assert.match(stdout, words);
    } finally {
      await idp.close();
    }
  });

  it("knows Okta by what it publishes, and says what its preset knows besides", async () => {
    strange.metadata = okta;
    const { code, stdout } = await doctor(strange.issuer, "okta", "");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /stock Okta Verify does not answer CIBA/);
  });

  const useless: readonly (readonly [string, Readonly<Record<string, unknown>>, string, RegExp])[] = [
    ["Entra ID, which has no CIBA", entra, "entra", /No push goes through entra/],
    ["one without CIBA", { ...okta, grant_types_supported: ["authorization_code"] }, "generic", /offers no CIBA/],
    [
      "one that only pings",
      { ...okta, backchannel_token_delivery_modes_supported: ["ping"] },
      "generic",
      /let us poll/,
    ],
    [
      "one that takes no secret",
      { ...okta, token_endpoint_auth_methods_supported: ["none"] },
      "generic",
      /takes no client_secret_basic/,
    ],
    [
      "one that knows none of the contexts",
      { ...okta, acr_values_supported: ["password"] },
      "generic",
      /does not list the acr mfa among password/,
    ],
    [
      "one that is another issuer",
      { ...okta, issuer: "https://other.example.com" },
      "generic",
      /calls itself https:\/\/other/,
    ],
  ];
  for (const [what, metadata, preset, words] of useless)
    it(`exits 1 for ${what}`, async () => {
      strange.metadata = metadata;
      const { code, stdout } = await doctor(strange.issuer, preset);
      assert.equal(code, 1, stdout);
      assert.match(stdout, words);
      assert.match(stdout, /Nothing here can be used/);
    });

  it("exits 1 where the clocks are apart, and says by how much", async () => {
    strange.metadata = { ...okta, acr_values_supported: ["mfa"] };
    strange.skewMs = -90_000;
    const { code, stdout } = await doctor(strange.issuer);
    assert.equal(code, 1);
    assert.match(stdout, /clock is \d\d s behind ours/);
  });

  it("says what cannot be read, and where a document is wrong", async () => {
    strange.keysAway = true;
    const away = await doctor(strange.issuer);
    assert.deepEqual([away.code, /jwks cannot be read: it answers with 503/.test(away.stderr)], [1, true]);
    const faulty = await doctor("http://id.example.com");
    assert.deepEqual([faulty.code, /idp\.yaml:2:9: issuer: must be https/.test(faulty.stderr)], [78, true]);
    const none = await runCli(["doctor", "idp"]);
    assert.equal(none.code, 64);
  });
});
