import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

const root = new URL("../../", import.meta.url).pathname;

async function run(program: string, args: readonly string[], options: { path?: string; env?: object } = {}) {
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: options.path ?? process.env["PATH"], HOME: process.env["HOME"], ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), stdout, stderr };
}

/** Folders on PATH that have this program, without those of our own packages. */
function foldersWith(program: string): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((folder) => {
    try {
      accessSync(join(folder, program));
      return !folder.includes("node_modules");
    } catch {
      return false;
    }
  });
}

/** A Node before 24 on this machine. */
function olderNode(): string | undefined {
  return foldersWith("node")
    .map((folder) => join(folder, "node"))
    .find((node) => Number(/^v(\d+)/.exec(String(spawnSync(node, ["--version"]).stdout))?.[1]) < 24);
}

describe("the way into the command line", function () {
  this.timeout(60_000);
  let older: string;
  let folder: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), "countersign-bin-"));
    const found = olderNode();
    if (found === undefined) {
      console.warn("  NOT TESTED under an older Node: there is none before 24 on PATH");
      return this.skip();
    }
    older = found;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same under an older Node, which hands over to the one in our packages", async () => {
    const words = ["src/countersign.mjs", "manifests", "-n", "prod"];
    const [before, now] = await Promise.all([run(older, words), run(process.execPath, words)]);
    assert.deepEqual(before, now);
    assert.equal(now.code, 0);
  });

  it("hands on how it ended", async () => {
    const { code, stderr } = await run(older, ["src/countersign.mjs", "nonsense"]);
    assert.equal(code, 64);
    assert.match(stderr, /^countersign: there is no command/);
  });

  it("says in one line what it needs where our packages are not installed", async () => {
    const alone = join(folder, "countersign.mjs");
    copyFileSync(join(root, "src/countersign.mjs"), alone);
    const { code, stdout, stderr } = await run(older, [alone, "help"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^countersign needs Node 24 and this is v\d+\.\d+\.\d+; `npm ci` in its folder brings one along\.\n$/,
    );
  });
});

describe("npx countersign", function () {
  this.timeout(90_000);
  let npx: string;
  let cache: string;

  before(function () {
    cache = mkdtempSync(join(tmpdir(), "countersign-npx-"));
    const [found] = foldersWith("npx");
    if (found === undefined) {
      console.warn("  NOT TESTED with npx: there is none on PATH");
      return this.skip();
    }
    npx = join(found, "npx");
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  for (const [which, path] of [
    ["the Node beside it", () => dirname(npx)],
    ["Node 24", () => dirname(process.execPath)],
  ] as const)
    it(`from the clone runs our own, under ${which}, and asks no registry`, async () => {
      const env = { npm_config_cache: cache, npm_config_offline: "true", npm_config_update_notifier: "false" };
      const searched = [path(), dirname(npx), "/usr/bin", "/bin"].join(delimiter);
      const { code, stdout, stderr } = await run(npx, ["countersign", "manifests", "-n", "prod"], {
        path: searched,
        env,
      });
      assert.equal(code, 0, stderr);
      const ours = await run(process.execPath, ["src/countersign.mjs", "manifests", "-n", "prod"]);
      assert.equal(stdout, ours.stdout);
    });
});
