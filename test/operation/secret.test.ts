import assert from "node:assert/strict";
import { secretIn } from "../../src/operation/secret.ts";

// Put together here, so that no scanner of repositories takes the test for a leak.
const letters = (count: number) => "aB3".repeat(count).slice(0, count);

const secrets: readonly (readonly [kind: string, text: string])[] = [
  ["a Slack token", `xoxb-${letters(24)}`],
  ["a Slack token", `xoxp-${letters(24)}`],
  ["a Slack token", `xoxe.xoxp-1-${letters(24)}`],
  ["a Slack app token", `xapp-1-${letters(24)}`],
  ["a GitHub token", `ghp_${letters(36)}`],
  ["a GitHub token", `ghs_${letters(36)}`],
  ["a GitHub token", `github_pat_${letters(40)}`],
  ["a GitLab token", `glpat-${letters(20)}`],
  ["an AWS access key", `AKIA${"ABCD1234".repeat(2)}`],
  ["an AWS access key", `ASIA${"ABCD1234".repeat(2)}`],
  ["a JSON web token", `eyJ${letters(20)}.eyJ${letters(40)}.${letters(43)}`],
  ["a private key", "-----BEGIN PRIVATE KEY-----"],
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ["a password in an address", "postgres://app:correct-horse@db.prod:5432/app"],
  ["a password in an address", "redis://:correct-horse@redis"],
  ["a bearer token", `Authorization: Bearer ${letters(20)}`],
  ["a password or token", "password=correct-horse"],
  ["a password or token", "Password: correct-horse"],
  ["a password or token", "API_KEY = 12345678"],
  ["a password or token", "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"],
  ["a password or token", "token:abcdef"],
];

const innocent = [
  "rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy",
  "the token service is down",
  "postgres://db.prod:5432/app",
  "https://bob@example.com/a:b",
  "the bearer token is old",
  "rotate the password of payments",
  "passwords=many",
  "secret: 12",
  "xoxb- is what Slack's tokens begin with",
  "deploy/ghp-proxy",
  "AKIA is a prefix",
  "eyJ",
  "commit 3f786850e387550fdab836ed7e6dc881de23001b",
  "https://wiki.example/runbook?page=tokens",
  "-----BEGIN CERTIFICATE-----",
];

describe("secretIn", () => {
  for (const [kind, text] of secrets)
    it(`sees ${kind} in ${text.slice(0, 24)}…, alone and in a sentence, and does not repeat it`, () => {
      for (const line of [text, `use ${text} please`, `-- "${text}"`]) {
        assert.equal(secretIn(line), kind);
        assert.ok(!kind.includes(text));
      }
    });

  for (const text of innocent)
    it(`sees none in ${text}`, () => {
      assert.equal(secretIn(text), undefined);
    });
});
