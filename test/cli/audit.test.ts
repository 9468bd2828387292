import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { chance } from "../../src/adapters/chance/chance.ts";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import { bodyText, type Entry } from "../../src/audit/chain.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { freshPrefix, redisFor } from "../lab/redis/shared-redis.ts";

/** More than a pipe holds (64 KiB on Linux). */
const count = 1_200;

describe("countersign audit", function () {
  this.timeout(30_000);
  let environment: Record<string, string>;
  let state: StateClient;
  let folder: string;
  let exported: string;
  let head: string;

  before(async function () {
    const { url } = await redisFor(this);
    const prefix = freshPrefix();
    environment = { REDIS_URL: url, COUNTERSIGN_PREFIX: prefix };
    state = openState({ url, prefix });
    const trail = redisTrail(state, (event) => ({ event, writer: "test", clock: 1 }), chance);
    for (let i = 1; i <= count; i++)
      await trail.append({ kind: "enrolment.issued", subject: `person-${i}@example.com`, by: "test@here" });
    ({ head } = await trail.head());
    folder = mkdtempSync(join(tmpdir(), "countersign-audit-"));
    exported = join(folder, "trail.jsonl");
  });
  after(async () => {
    await state?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const verify = (...words: readonly string[]) => runCli(["audit", "verify", ...words], environment);

  it("finds a whole trail whole, gives its head, and says what a chain alone cannot see", async () => {
    const { code, stdout, stderr } = await verify();
    assert.deepEqual([code, stdout], [0, `The trail is whole: ${count} entries.\nhead ${count}:${head}\n`]);
    assert.match(stderr, /keep this head elsewhere/);
  });

  it("exports every entry, one a line, and verifies the file without any Redis", async () => {
    const { code, stdout } = await runCli(["audit", "export"], environment);
    assert.equal(code, 0);
    assert.equal(stdout.split("\n").length, count + 1);
    file("trail.jsonl", stdout);
    const read = await runCli(["audit", "verify", "--file", exported]);
    assert.deepEqual([read.code, read.stdout], [0, `The trail is whole: ${count} entries.\nhead ${count}:${head}\n`]);
  });

  it("says the same in JSON", async () => {
    const { code, stdout } = await verify("--file", exported, "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { verified: true, entries: count, head, faults: [] });
  });

  it("ends quietly when the reader of an export has gone", async () => {
    const child = spawn(process.execPath, ["src/countersign.mjs", "audit", "export"], {
      cwd: new URL("../../", import.meta.url).pathname,
      env: { PATH: process.env["PATH"] ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.once("readable", () => child.stdout.destroy());
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.deepEqual([code, stderr], [1, ""]);
  });

  describe("of a file that was tampered with", () => {
    let lines: readonly string[];
    before(async () => {
      const { stdout } = await runCli(["audit", "export"], environment);
      lines = stdout.trimEnd().split("\n").slice(0, 30);
    });
    const faultsOf = async (name: string, changed: readonly string[]) => {
      const path = file(name, `${changed.join("\n")}\n`);
      const [told, json] = await Promise.all([verify("--file", path), verify("--file", path, "--json")]);
      assert.deepEqual([told.code, json.code], [1, 1]);
      const verdict = JSON.parse(json.stdout) as { verified: boolean; faults: { seq: number; says: string }[] };
      assert.equal(verdict.verified, false);
      assert.match(told.stdout, /^The trail does NOT hold: \d+ faults? in \d+ entries\.\n/);
      for (const { seq, says } of verdict.faults.slice(0, 20))
        assert.ok(told.stdout.includes(`  entry ${seq}: ${says}\n`), told.stdout);
      return verdict.faults;
    };
    const edit = (line: string | undefined): string => {
      const entry = JSON.parse(line ?? "") as Entry;
      const body = JSON.parse(entry.body);
      body.event.subject = "mallory@example.com";
      return JSON.stringify({ ...entry, body: bodyText(body) });
    };

    it("names the entry that was edited", async () => {
      assert.deepEqual(await faultsOf("edited", lines.with(6, edit(lines[6]))), [
        { seq: 7, says: "bad hash: the entry was edited" },
      ]);
    });

    it("names the place where one is missing", async () => {
      const faults = await faultsOf("missing", lines.toSpliced(6, 1));
      assert.deepEqual(faults.slice(0, 2), [
        { seq: 7, says: "broken counter: entry 7 calls itself 8" },
        { seq: 7, says: "broken link: the hash of the entry before is another" },
      ]);
    });

    it("tells twenty faults, and how many more there are", async () => {
      const path = file("many", `${lines.map(edit).join("\n")}\n`);
      const { stdout } = await verify("--file", path);
      assert.equal(stdout.split("\n").filter((line) => line.startsWith("  entry ")).length, 20);
      assert.match(stdout, /\n {2}… and 10 more\n$/);
    });
  });

  describe("with a head that was kept elsewhere", () => {
    it("holds, when it is in the trail", async () => {
      const { code, stdout, stderr } = await verify("--head", `${count}:${head}`);
      assert.equal(code, 0);
      assert.match(stdout, /and holds the head you gave\.\n/);
      assert.equal(stderr, "");
    });

    it("does not hold, when the trail was rewritten or is shorter", async () => {
      const other = "0".repeat(63).concat("1");
      const [rewritten, cut] = await Promise.all([
        verify("--head", `${count}:${other}`),
        verify("--head", `${count}:${head}`, "--head", `${count + 5}:${other}`),
      ]);
      assert.equal(rewritten.code, 1);
      assert.match(rewritten.stdout, /rewritten: a checkpoint knows entry 1200 by another hash/);
      assert.equal(cut.code, 1);
      assert.match(cut.stdout, /truncated: a checkpoint knows 1205 entries, the trail has 1200/);
    });

    for (const malformed of ["5", "x:abc", `5:${"A".repeat(64)}`, `-1:${"a".repeat(64)}`])
      it(`refuses ${malformed.slice(0, 20)} with 64: it is no head`, async () => {
        const { code, stderr } = await verify(`--head=${malformed}`);
        assert.equal(code, 64);
        assert.ok(stderr.includes("it looks like COUNT:HASH"), stderr);
      });
  });

  describe("of a file that is no trail", () => {
    for (const [what, content, says] of [
      ["text", "hello\n", ":1: this is no JSON"],
      ["other JSON", '{"a":1}\n', ":1: this is no entry of a trail"],
      ["null", "null\n", ":1: this is no entry of a trail"],
      ["an entry without its body", '{"seq":1,"time":1,"prev":"a","hash":"b"}\n', ":1: this is no entry of a trail"],
    ] as const)
      it(`says so of ${what}, and exits 1`, async () => {
        const path = file("none", content);
        const { code, stdout, stderr } = await verify("--file", path);
        assert.deepEqual([code, stdout, stderr], [1, "", `countersign: ${path}${says}\n`]);
      });

    it("takes an empty file for a trail that has not begun, and says so", async () => {
      const { code, stdout } = await verify("--file", file("empty", ""));
      assert.deepEqual([code, stdout], [0, `The trail is whole: 0 entries.\nhead 0:${"0".repeat(64)}\n`]);
    });

    it("says so of a file that cannot be read", async () => {
      const nowhere = join(folder, "nowhere");
      for (const [path, fault] of [
        [nowhere, "ENOENT"],
        [folder, "EISDIR"],
      ] as const) {
        const { code, stdout, stderr } = await verify("--file", path);
        assert.deepEqual([code, stdout], [1, ""]);
        assert.ok(stderr.startsWith(`countersign: ${path} cannot be read (${fault})`), stderr);
      }
    });
  });

  it("says which setting it needs to reach the records", async () => {
    const { code, stderr } = await runCli(["audit", "verify"]);
    assert.deepEqual([code, stderr], [78, "countersign: REDIS_URL: is missing\n"]);
  });
});
