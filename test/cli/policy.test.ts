import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../lab/processes/run-cli.ts";
import { exported, group, user } from "../policy/scim.ts";

const example = new URL("../../manifests/overlays/example/", import.meta.url).pathname;
const policy = `${example}policy.yaml`;
const directory = `${example}directory.yaml`;

describe("countersign policy", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-policy-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const explain = (...words: readonly string[]) => runCli(["policy", "explain", "--policy", policy, ...words]);
  const asAlice = ["--directory", directory, "--as", "alice@example.com", "--cluster", "prod"];
  const restart = ["--", "rollout", "restart", "deploy/api", "-n", "prod"];

  describe("check", () => {
    it("finds no fault with the example, and says what it holds", async () => {
      const { code, stdout } = await runCli(["policy", "check", policy]);
      assert.equal(code, 0);
      assert.match(stdout, /: no fault\. 5 tiers, [1-9]\d* permits, [1-9]\d* raises; revision [0-9a-f]{64}\n$/);
    });

    it("names every fault with its line and column, and exits 1", async () => {
      const file = join(folder, "faulty.yaml");
      const lines = [
        "tiers:",
        "  routine: {}",
        "permit:",
        "  - { name: a, subjects: ['*'], operations: [restart], tier: routine }",
        "  - { name: a, subjects: ['*'], operations: ['@read'], tier: none }",
      ];
      writeFileSync(file, lines.join("\n"));
      const { code, stdout } = await runCli(["policy", "check", file]);
      assert.equal(code, 1);
      assert.match(stdout, /faulty\.yaml:4:\d+: there is no operation "restart"/);
      assert.match(stdout, /faulty\.yaml:5:\d+: two permit rules are called "a"/);
      assert.match(stdout, /faulty\.yaml:5:\d+: there is no tier "none"/);
    });

    it("says which file cannot be read, and asks for one where there is none", async () => {
      const [missing, none] = await Promise.all([
        runCli(["policy", "check", join(folder, "none.yaml")]),
        runCli(["policy", "check"]),
      ]);
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /none\.yaml/);
      assert.equal(none.code, 64);
      assert.match(none.stderr, /which file/);
    });
  });

  describe("explain", () => {
    it("counts a user group in Slack where the policy lets it, and where it is said", async () => {
      const file = join(folder, "with-slack-groups.yaml");
      writeFileSync(
        file,
        `slackGroups: { pagers: S0PAGERS }
tiers: { guarded: { stepUp: {} } }
permit: [{ name: pagers, subjects: ["group:pagers"], operations: ["@change"], tier: guarded }]
`,
      );
      const asked = (...more: readonly string[]) =>
        runCli([
          ...["policy", "explain", "--policy", file, "--as", "eve", "--groups", "", "--cluster", "prod"],
          ...["--pods", "3", ...more, ...restart],
        ]);
      assert.match((await asked("--slack-groups", "pagers")).stdout, /tier guarded, by: pagers, a user group in Slack/);
      assert.match((await asked("--slack-groups", "oncall")).stdout, /denied, by: no permit/);
    });

    it("counts those whom the SCIM resources of the directory list", async () => {
      const file = join(folder, "directory.yaml");
      writeFileSync(file, "scim: { file: people.scim.json, subject: id }\nsubjects: { alice: { groups: [oncall] } }\n");
      const resources = [user("alice"), user("bob"), group("g", "sre", "bob"), user("eve", { active: false })];
      writeFileSync(join(folder, "people.scim.json"), exported(...resources));
      const asked = await explain("--directory", file, "--as", "alice", "--cluster", "prod", "--pods", "3", ...restart);
      assert.match(asked.stdout, /could approve now: bob\n/);
      const gone = await explain("--directory", file, "--as", "eve", "--cluster", "prod", "--pods", "3", ...restart);
      assert.match(gone.stderr, /knows no subject "eve"/);
    });

    it("says the tier, the rules, what it takes and who could approve", async () => {
      const { code, stdout } = await explain(...asAlice, "--pods", "3", "--label", "team=web", ...restart);
      assert.equal(code, 0);
      assert.equal(
        stdout,
        [
          "rollout restart deploy/api -n prod -c prod, asked by alice@example.com (engineering, oncall)",
          "allowed, tier privileged, by: on-call operates, production",
          "  proof of the requester's presence, for this very plan",
          "  1 other person of sre must approve, with proof of presence, for this very plan or not older than 5 minutes",
          "  could approve now: bob@example.com",
          "",
        ].join("\n"),
      );
    });

    it("counts rules about an object it does not know as met, and says so", async () => {
      const { stdout } = await explain(...asAlice, ...restart);
      assert.match(stdout, /tier critical, by: on-call operates, production, payments, large/);
      assert.match(stdout, /The object is not known here/);
    });

    it("says in JSON what it says in words", async () => {
      const { stdout } = await explain(...asAlice, "--pods", "3", "--label", "team=payments", "--json", ...restart);
      const { allowed, tier, rules, approvers } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(
        [allowed, tier, rules, approvers],
        [true, "critical", ["on-call operates", "production", "payments"], ["bob@example.com", "carol@example.com"]],
      );
    });

    it("says which rule denies, and what would satisfy it", async () => {
      const bob = ["--as", "bob", "--groups", "sre", "--cluster", "prod"];
      const [nobody, never] = await Promise.all([
        explain(...bob, ...restart),
        explain(...asAlice, "--", "rollout", "restart", "deploy/api", "-n", "kube-system"),
      ]);
      assert.match(nobody.stdout, /denied, by: no permit\n.*Permitted are: the group oncall/);
      assert.match(never.stdout, /denied, by: kube-system\n.*not from chat/);
      assert.deepEqual([nobody.code, never.code], [0, 0]);
    });

    it("says that a read asks for nothing more", async () => {
      const { stdout } = await explain(...asAlice, "--", "get", "pods", "-n", "prod");
      assert.match(stdout, /tier routine, by: engineers read\n {2}nothing more is asked for\n$/);
    });

    for (const [what, words, says] of [
      ["no command", asAlice, /which command\? Behind --/],
      ["a command that is none", [...asAlice, "--", "rolout", "restart"], /Did you mean `rollout restart`/],
      [
        "a stranger",
        ["--directory", directory, "--as", "eve", "--cluster", "prod", ...restart],
        /knows no subject "eve"/,
      ],
      ["no groups", ["--as", "eve", "--cluster", "prod", ...restart], /give --groups a,b or --directory FILE/],
      [
        "a label that is none",
        [...asAlice, "--pods", "3", "--label", "team", ...restart],
        /--label team: it looks like/,
      ],
      ["labels without pods", [...asAlice, "--label", "team=web", ...restart], /--pods N says how many/],
    ] as const)
      it(`refuses ${what}, and says what would be right`, async () => {
        const { code, stdout, stderr } = await explain(...words);
        assert.deepEqual([code, stdout], [64, ""]);
        assert.match(stderr, says);
      });
  });
});
