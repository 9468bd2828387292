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

const browserLogin = {
  response_types_supported: ["code", "id_token", "code id_token"],
  response_modes_supported: ["query", "fragment", "form_post"],
  code_challenge_methods_supported: ["S256", "plain"],
};
const auth0 = {
  ...browserLogin,
  backchannel_token_delivery_modes_supported: ["poll"],
  token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
  id_token_signing_alg_values_supported: ["HS256", "RS256", "PS256"],
  claims_supported: ["aud", "auth_time", "email", "exp", "iat", "iss", "name", "sub"],
};
const keycloak = {
  ...browserLogin,
  grant_types_supported: ["authorization_code", "refresh_token", poll],
  backchannel_token_delivery_modes_supported: ["poll", "ping"],
  token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_basic", "client_secret_post"],
  id_token_signing_alg_values_supported: ["PS384", "RS256", "HS256"],
  acr_values_supported: ["0", "1", "gold"],
  claims_supported: ["aud", "sub", "iss", "auth_time", "acr"],
  authorization_response_iss_parameter_supported: true,
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

  const vendors: readonly (readonly [string, object, string, readonly RegExp[]])[] = [
    [
      "okta",
      { ...okta, ...browserLogin },
      "",
      [/Pushes can be sent/, /knows the acr phr\b/, /app needs the authorization code/],
    ],
    [
      "entra",
      { ...entra, ...browserLogin },
      "acr: [c1]",
      [/Whether it knows the acr c1/, /frequency must be every time/],
    ],
    ["auth0", auth0, "acr: [mfa]", [/Pushes can be sent/, /does not list the claim acr/, /e-mail channel of CIBA off/]],
    ["keycloak", keycloak, "acr: [gold]", [/Pushes can be sent/, /knows the acr gold/, /poll mode/]],
  ];
  for (const [preset, published, rest, says] of vendors)
    it(`knows ${preset} by what it publishes, and that logins there can be bound to a plan`, async () => {
      strange.metadata = { authorization_endpoint: `${strange.issuer}/authorize`, ...published };
      const { code, stdout } = await doctor(strange.issuer, preset, `${rest}\nlogin: {}`);
      assert.equal(code, 0, stdout);
      for (const words of [/log in there anew for one plan/, /Logins can be bound to a plan/, ...says])
        assert.match(stdout, words);
      assert.equal(stdout.includes("RFC 9207"), preset !== "keycloak", stdout);
    });

  const noLogin: readonly (readonly [string, object, RegExp])[] = [
    ["has no authorization endpoint", { authorization_endpoint: undefined }, /no login by authorization code/],
    ["gives no code to a browser", { response_types_supported: ["id_token"] }, /no login by authorization code/],
    ["answers in no fragment", { response_modes_supported: ["query"] }, /not bring its answer back in the fragment/],
  ];
  for (const [what, changes, says] of noLogin)
    it(`says that nobody can log in at one that ${what}`, async () => {
      strange.metadata = { authorization_endpoint: `${strange.issuer}/authorize`, ...keycloak, ...changes };
      const { stdout } = await doctor(strange.issuer, "keycloak", "acr: [gold]\nlogin: {}");
      assert.match(stdout, says);
      assert.doesNotMatch(stdout, /can be bound to a plan/);
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
