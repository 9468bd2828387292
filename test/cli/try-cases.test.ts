import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../lab/processes/run-cli.ts";

const policy = `
tiers: { routine: {}, guarded: { stepUp: {} }, forbidden: { deny: not from chat } }
permit: [{ name: all, subjects: ["group:oncall"], operations: ["@read", "@change"], tier: routine }]
slackGroups: { oncall: S0ONCALL }
raise:
  - { name: night, operations: ["@change"], when: time.hour < 7, tier: guarded }
  - { name: system, namespaces: [kube-system], tier: forbidden }
`;

describe("countersign policy test", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-cases-"));
    writeFileSync(join(folder, "policy.yaml"), policy);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const test = (...cases: readonly string[]) => {
    const file = join(folder, "cases.yaml");
    const head = "policy: policy.yaml\ncluster: prod\npeople: { alice: [oncall], eve: [] }\ncases:\n";
    writeFileSync(file, `${head}${cases.map((one) => `  - ${one}\n`).join("")}`);
    return runCli(["policy", "test", file]);
  };
  const scale = "command: scale deploy/api --replicas=3 -n web";

  it("says how many hold, and exits 0 when all do", async () => {
    const { code, stdout } = await test(
      `{ as: alice, ${scale}, at: 2026-11-27T12:00:00Z, expect: routine, rule: all }`,
      `{ as: alice, ${scale}, at: 2026-11-27T03:00:00Z, expect: guarded, rule: night }`,
      `{ as: alice, ${scale}, expect: guarded }`,
      `{ as: eve, ${scale}, expect: denied, rule: no permit }`,
      `{ as: eve, facts: { slackGroups: [oncall] }, command: get pods -n web, expect: routine, rule: a user group in Slack }`,
      `{ as: eve, groups: [oncall], command: get pods -n kube-system, expect: denied, rule: system }`,
    );
    assert.match(stdout, /cases\.yaml: 6 of 6 cases hold\n$/);
    assert.equal(code, 0);
  });

  it("prints each that fails with what came out, and exits 1", async () => {
    const { code, stdout } = await test(
      `{ name: at noon, as: alice, ${scale}, at: 2026-11-27T12:00:00Z, expect: guarded }`,
      `{ as: alice, ${scale}, at: 2026-11-27T03:00:00Z, expect: guarded, rule: noon }`,
      `{ as: eve, ${scale}, expect: routine }`,
      `{ as: zoe, ${scale}, expect: denied }`,
      "{ as: alice, command: scale deploy/api, expect: denied }",
    );
    assert.equal(code, 1);
    for (const says of [
      "at noon: alice asks `scale deploy/api --replicas=3 -n web` at 2026-11-27T12:00:00.000Z: guarded\n  it is routine, by: all\n",
      "it is guarded, by: all, night; not by noon\n",
      "it is denied, by: no permit. No rule permits eve to ask for scale.\n",
      "nobody said which groups zoe is in",
      "0 of 5 cases hold",
    ])
      assert.ok(stdout.includes(says), `${says}\n---\n${stdout}`);
  });

  it("names what is wrong with the file itself", async () => {
    const { code, stderr } = await test(`{ as: alice, ${scale}, at: tomorrow, expects: guarded }`);
    assert.equal(code, 1);
    assert.match(stderr, /cases\.yaml:5:\d+: cases\.0\.at: a moment is written/);
    assert.match(stderr, /Unrecognized key: "expects"/);
    assert.equal((await runCli(["policy", "test"])).code, 64);
  });
});
