import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chance } from "../../src/adapters/chance/chance.ts";
import { redisEnrolments } from "../../src/adapters/redis/credentials.ts";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import type { Scribe } from "../../src/ports.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { freshSecrets } from "../lab/processes/secrets.ts";
import { freshPrefix, redisFor } from "../lab/redis/shared-redis.ts";
import { exported, user } from "../policy/scim.ts";

const scribe: Scribe = (event) => ({ event, writer: "test", clock: 1 });

describe("countersign enrol issue", function () {
  this.timeout(30_000);
  const directory = new URL("../../manifests/overlays/example/directory.yaml", import.meta.url).pathname;
  const { sealingKey } = freshSecrets();
  let environment: Record<string, string>;
  let state: StateClient;
  let folder: string;

  before(async function () {
    const { url } = await redisFor(this);
    const prefix = freshPrefix();
    folder = mkdtempSync(join(tmpdir(), "countersign-enrol-"));
    state = openState({ url, prefix });
    environment = {
      REDIS_URL: url,
      COUNTERSIGN_PREFIX: prefix,
      COUNTERSIGN_DIRECTORY: directory,
      COUNTERSIGN_PAGES_URL: "https://countersign.example",
      COUNTERSIGN_SEALING_KEY: sealingKey,
    };
  });
  after(async () => {
    await state?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const issue = (...words: readonly string[]) => runCli(["enrol", "issue", ...words], environment);
  const events = async () => {
    const found: { kind: string; subject?: string; by?: string }[] = [];
    for await (const { body } of redisTrail(state, scribe, chance).entries()) found.push(JSON.parse(body).event);
    return found;
  };

  it("prints a link and nothing else on stdout, and keeps the link's secret nowhere else", async () => {
    const { code, stdout, stderr } = await issue("alice@example.com", "--for", "2h");
    assert.equal(code, 0);
    const [, secret = ""] = /^https:\/\/countersign\.example\/enrol#([\w.-]{43,})\n$/.exec(stdout) ?? [];
    assert.notEqual(secret, "", stdout);
    assert.match(stderr, /For alice@example.com, once, within 120 minutes\./);
    assert.ok(!stderr.includes(secret));
    assert.equal((await redisEnrolments(state, scribe).open(secret))?.subject, "alice@example.com");
    const dump = await state.read(async (redis) => {
      const keys = await redis.keys(`${environment["COUNTERSIGN_PREFIX"]}*`);
      const values = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString("latin1")));
      return [...keys, ...values].join("\n");
    });
    assert.ok(!dump.includes(secret));
    const written = (await events()).at(-1);
    assert.deepEqual([written?.kind, written?.subject], ["enrolment.issued", "alice@example.com"]);
    assert.match(written?.by ?? "", /^\w.*@/);
  });

  it("prints neither the sealing key nor a password of Redis, whatever goes wrong", async () => {
    const key = sealingKey.split(":")[1] ?? "";
    const runs = await Promise.all([
      issue("bob@example.com"),
      issue("nobody"),
      runCli(["enrol", "issue", "bob@example.com"], { ...environment, REDIS_URL: "redis://:hunter2@127.0.0.1:1" }),
      runCli(["enrol", "issue", "bob@example.com"], { ...environment, REDIS_URL: "http://:hunter2@x" }),
      runCli(["enrol", "issue", "bob@example.com"], { ...environment, COUNTERSIGN_SEALING_KEY: `K:${key}` }),
    ]);
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 1, 1, 78, 78],
    );
    for (const { stdout, stderr } of runs) {
      assert.ok(!`${stdout}${stderr}`.includes(key));
      assert.ok(!`${stdout}${stderr}`.includes("hunter2"));
    }
    assert.match(runs[2]?.stderr ?? "", /^countersign: Redis does not answer at the address in REDIS_URL\n$/);
  });

  it("knows only whom the directory knows, and suggests who was meant", async () => {
    const { code, stdout, stderr } = await issue("alcie@example.com");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /knows no subject "alcie@example.com"; did you mean "alice@example.com"\?/);
    assert.match((await issue("zoe")).stderr, /knows no subject "zoe"\n/);
  });

  it("refuses somebody who has an authenticator, unless it is to be replaced", async () => {
    const enrolments = redisEnrolments(state, scribe);
    assert.ok(await enrolments.issue("l", "carol@example.com", 60_000, "test", false));
    await enrolments.begin("l", { id: "c", sealed: "s" });
    assert.ok(await enrolments.complete("l", "c", 1, []));
    const before = (await events()).length;
    const { code, stdout, stderr } = await issue("carol@example.com");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /has an authenticator already. With --replace/);
    assert.equal((await events()).length, before);
    const replaced = await issue("carol@example.com", "--replace");
    assert.deepEqual([replaced.code, replaced.stdout.startsWith("https://")], [0, true]);
  });

  it("takes a time of a minute to a day", async () => {
    const runs = await Promise.all(
      ["0m", "25h", "5", "1h30m"].map(async (time) => [time, await issue("bob@example.com", `--for=${time}`)] as const),
    );
    for (const [time, { code, stdout, stderr }] of runs) {
      assert.deepEqual([code, stdout], [64, ""], time);
      assert.ok(stderr.includes(`--for ${time}: give 1m to 24h`), stderr);
    }
    assert.match((await issue("bob@example.com", "--for", "24h")).stderr, /within 1440 minutes/);
  });

  it("names every setting that is missing at once", async () => {
    const { code, stdout, stderr } = await runCli(["enrol", "issue", "bob@example.com"]);
    assert.deepEqual([code, stdout], [78, ""]);
    assert.deepEqual(stderr.trimEnd().split("\n").toSorted(), [
      "countersign: COUNTERSIGN_DIRECTORY: is missing",
      "countersign: COUNTERSIGN_PAGES_URL: is missing",
      "countersign: COUNTERSIGN_SEALING_KEY: is missing",
      "countersign: REDIS_URL: is missing",
    ]);
  });

  it("knows whom the SCIM resources of the directory list, and says where they are wrong", async () => {
    const directory = join(folder, "with-scim.yaml");
    const beside = join(folder, "people.scim.json");
    writeFileSync(directory, "scim: { file: people.scim.json, subject: userName }\nsubjects: { bob: {} }\n");
    const known = { ...environment, COUNTERSIGN_DIRECTORY: directory };
    writeFileSync(beside, exported(user("dave"), user("bob", { userName: "bob", active: false })));
    assert.equal((await runCli(["enrol", "issue", "dave@example.com"], known)).code, 0);
    assert.match((await runCli(["enrol", "issue", "bob"], known)).stderr, /knows no subject "bob"/);
    writeFileSync(beside, "[]");
    const bad = await runCli(["enrol", "issue", "bob"], known);
    assert.equal(bad.code, 78);
    assert.ok(bad.stderr.startsWith(`countersign: ${beside}:1:1: `), bad.stderr);
    rmSync(beside);
    const none = await runCli(["enrol", "issue", "bob"], known);
    assert.equal(none.stderr, `countersign: COUNTERSIGN_DIRECTORY: ${beside} cannot be read (ENOENT)\n`);
  });

  it("says where a directory is wrong, and when there is none", async () => {
    const faulty = join(folder, "directory.yaml");
    writeFileSync(faulty, "subjects:\n  bob: { group: [x] }\n");
    const bad = await runCli(["enrol", "issue", "bob"], { ...environment, COUNTERSIGN_DIRECTORY: faulty });
    assert.equal(bad.code, 78);
    assert.ok(bad.stderr.startsWith(`countersign: ${faulty}:2:`), bad.stderr);
    const nowhere = join(folder, "nowhere");
    const none = await runCli(["enrol", "issue", "bob"], { ...environment, COUNTERSIGN_DIRECTORY: nowhere });
    assert.deepEqual(
      [none.code, none.stderr],
      [78, `countersign: COUNTERSIGN_DIRECTORY: ${nowhere} cannot be read (ENOENT)\n`],
    );
  });
});
