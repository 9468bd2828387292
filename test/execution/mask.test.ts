import assert from "node:assert/strict";
import fc from "fast-check";
import { maskSecrets } from "../../src/execution/reads/mask.ts";
import { anyText } from "../operation/any-text.ts";

// Put together here, so that no scanner of repositories takes the test for a leak.
const letters = (count: number) => "aB3".repeat(count).slice(0, count);
const key = ["MIIEvQIBADAN", letters(64), letters(64)].join("\n");
const pem = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\n${key}\n-----END ${kind}PRIVATE KEY-----`;

/** Text -> what must not be in what is left of it. */
const secrets: readonly (readonly [text: string, secret: string])[] = [
  ["password=hunter2", "hunter2"],
  ["DB_PASSWORD: correct-horse", "correct-horse"],
  ["DB_PASS=correct-horse", "correct-horse"],
  ['{"user":"a","password":"with \\"quotes\\" and, commas"}', "commas"],
  [String.raw`msg="{\"client_secret\":\"s3cr3t, twice\",\"a\":1}"`, "twice"],
  ["token => abc.def", "abc.def"],
  ["apiKey := 'one two'", "one two"],
  ["x-api-key: 12345678", "12345678"],
  ["SecretAccessKey = wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI"],
  ["AccountKey=Zm9vYmFy==;EndpointSuffix=x", "Zm9vYmFy"],
  ["?X-Amz-Signature=0011aabb&X-Amz-Date=2", "0011aabb"],
  ["mysql --password hunter2 -h db", "hunter2"],
  ["login --registry-token 'a b'", "a b"],
  ["Authorization: Bearer abc.DEF-123", "abc.DEF-123"],
  ["authorization=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
  ['"Authorization": "Token one two"', "one two"],
  ['Proxy-Authorization: Digest username="a", response="6629fae4"', "6629fae4"],
  ["> Cookie: session=abcdef; theme=dark", "abcdef"],
  ['set-cookie: ["sid=abcdef"]', "abcdef"],
  ["got bearer 0123456789abcdef", "0123456789abcdef"],
  ["with Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"],
  ["postgres://app:p@ss/w:rd@db.prod:5432/app", "ss/w:rd"],
  ["redis://:hunter2@redis:6379", "hunter2"],
  [`https://${letters(24)}@git.example/x`, letters(24)],
  [pem(""), letters(64)],
  [pem("RSA "), letters(64)],
  [pem("OPENSSH "), "MIIEvQ"],
  [JSON.stringify({ key: pem("EC ") }), "MIIEvQ"],
  [`-----BEGIN PRIVATE KEY-----\n${key}`, letters(64)],
  [`${key}\n-----END PRIVATE KEY-----`, letters(64)],
  [`eyJ${letters(20)}.eyJ${letters(40)}.${letters(43)}`, letters(20)],
  [`eyJ${letters(20)}`, letters(20)],
  [`AKIA${"ABCD1234".repeat(2)}`, "ABCD1234"],
  [`ghp_${letters(36)}`, letters(36)],
  [`xoxb-${letters(24)}`, letters(24)],
  [`glpat-${letters(20)}`, letters(20)],
  [`sk_live_${letters(24)}`, letters(24)],
  [`AIza${letters(35)}`, letters(35)],
  [`hvs.${letters(40)}`, letters(40)],
  ["secret:\n  password: hunter2", "hunter2"],
  ["secret: password: hunter2", "hunter2"],
  ['credentials: user=admin password: "a b"', "a b"],
  ["authorization: token: abcdef", "abcdef"],
  ["Your password is: hunter2", "hunter2"],
  ["root:hunter2@tcp(db:3306)/app", "hunter2"],
  ["CREATE USER app IDENTIFIED BY 'hunter2'", "hunter2"],
  ["ALTER ROLE app WITH PASSWORD 'hunter2';", "hunter2"],
  ["$ curl -u admin:hunter2 https://db", "hunter2"],
  ['"auth": "dXNlcjpwYXNz"', "dXNlcjpwYXNz"],
  ["//registry.example/:_authToken=abcdef", "abcdef"],
  ['"pass": "hunter2"', "hunter2"],
  ["smtp pass=hunter2", "hunter2"],
  ["api.key=abcdef", "abcdef"],
  ["X-Auth-Key: abcdef", "abcdef"],
  ["otp=123456", "123456"],
  ["?sv=1&sig=Zm9v%3D", "Zm9v"],
  [`https://hooks.slack.com/services/T0/B0/${letters(24)}`, letters(24)],
  [`123456789:${letters(35)}`, letters(35)],
  [`$2b$12$${letters(40)}`, letters(40)],
  [`abcdef.${"0123456789abcdef"}`, "0123456789abcdef"],
  [`tls.key: LS0tLS1CRUdJTi${letters(40)}`, letters(40)],
  [`glsa_${letters(24)}`, letters(24)],
  [`basic ${letters(16)}`, letters(16)],
];

const innocent = [
  "2026-11-27T18:00:00Z INFO request GET /healthz 200 3ms",
  "the token service is down",
  "password accepted for alice",
  "https://wiki.example/runbook?page=tokens",
  "postgres://db.prod:5432/app",
  "mail to bob@example.com",
  "image registry.example/api@sha256:0011aabb",
  "-----BEGIN CERTIFICATE-----",
  "token: null, secret=nil",
  "basic checks passed",
  "connect to 10.0.0.1:8080",
  "pass: 12, fail: 3",
  "the token is invalid",
  "auth: required",
  'MountVolume.SetUp failed for volume "x" : secret "y" not found',
  "npm error code EACCES",
  "ns.default.svc.cluster.local",
];

// Quotes, brackets and the like would make the secret part of something else.
const around = fc.stringMatching(/^[a-zA-Z0-9 \n:/.,-]{0,30}$/);

describe("maskSecrets", () => {
  for (const [text, secret] of secrets)
    it(`leaves nothing of the value in ${JSON.stringify(text.slice(0, 40))}`, () => {
      const masked = maskSecrets(text);
      assert.ok(text.includes(secret) && !masked.text.includes(secret), masked.text);
      assert.ok(masked.count >= 1);
      assert.match(masked.text, /\[masked\]/);
    });

  for (const text of innocent)
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.deepEqual(maskSecrets(text), { text, count: 0 });
    });

  it("keeps what is around a value, so that a log can still be read", () => {
    assert.equal(
      maskSecrets('12:00 user=alice password="x y" host=db postgres://app:pw@db/app').text,
      "12:00 user=alice password=[masked] host=db postgres://app:[masked]@db/app",
    );
    assert.equal(maskSecrets(`a\n${pem("")}\nb`).text, "a\n[masked]\nb");
  });

  it("counts each value once, however many shapes it has", () => {
    assert.equal(maskSecrets(`Authorization: Bearer eyJ${letters(20)}.eyJ${letters(40)}.x token=abcdef`).count, 2);
  });

  it("finds each of them wherever it stands in a text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...secrets), around, around, ([text, secret], before, after) => {
        const framed = `${before}\n${text}\n${after}`;
        assert.ok(!maskSecrets(framed).text.includes(secret), framed);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds any value that a telling name is given", () => {
    const value = fc.stringMatching(/^[A-Za-z0-9+/_.@#$%!?*-]{6,60}$/);
    const names = fc.constantFrom("password", "PGPASSWORD", "clientSecret", "api_key", "refresh-token", "sessionId");
    const between = fc.constantFrom("=", ": ", '="', "='", ' => "', '":"');
    fc.assert(
      fc.property(names, between, value, (named, join, secret) => {
        assert.ok(!maskSecrets(`x ${named}${join}${secret}`).text.includes(secret));
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds nothing more in what it has masked, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom(...secrets.map(([text]) => text))), anyText, (text, more) => {
        const once = maskSecrets(`${text} ${more}`).text;
        assert.deepEqual(maskSecrets(once), { text: once, count: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  it("is done with a megabyte of what looks most like a beginning", function () {
    // A search that goes over the text again from each place would take hours.
    this.timeout(20_000);
    for (const beginning of [
      "eyJ-",
      "://a",
      'token=\\"',
      "password",
      "Authorization: ",
      "-----BEGIN PRIVATE KEY-----",
      "--secret-",
      "A_",
      '"',
    ])
      maskSecrets(beginning.repeat(Math.ceil(1_000_000 / beginning.length)));
  });
});
