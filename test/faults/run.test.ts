import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ownRedisFor } from "../lab/redis/shared-redis.ts";
import type { Figures } from "./report.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Plays a run as `npm run faults` does. */
async function faults(...words: readonly string[]) {
  const child = spawn(process.execPath, ["test/faults/main.ts", ...words], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), stdout, stderr };
}

/** Where a machine is ours alone it is the run that the promise is measured by; else a glimpse of it. */
const extent = process.env["CI"]
  ? ["--seconds", "90", "--seed", "1"]
  : ["--seconds", "8", "--seed", "7", "--requests", "24"];

describe("npm run faults", function () {
  this.timeout(600_000);
  before(async function () {
    await (await ownRedisFor(this)).close();
  });

  it("plays a run in which nothing is lost and nothing is done twice, and counts what it did", async () => {
    const { code, stdout, stderr } = await faults(...extent, "--json");
    assert.equal(code, 0, stdout + stderr);
    const figures = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Figures;
    assert.deepEqual(Object.keys(figures), [
      ...["seed", "seconds", "requests", "kills", "freezes", "redisFaults", "duplicated", "lost", "contradictions"],
      ...["unknown", "unknownSurfaced", "forgedRun", "chainValid"],
    ]);
    assert.ok(figures.requests >= 20 && figures.kills > 0 && figures.redisFaults > 0, stdout);
    assert.equal(figures.duplicated + figures.lost + figures.contradictions + figures.forgedRun, 0);
    assert.equal(figures.unknownSurfaced, figures.unknown);
    assert.equal(figures.chainValid, true);
  });

  it("says what it takes when it cannot make sense of its words", async () => {
    const { code, stderr } = await faults("--ablation", "no-sense", "--seconds", "none");
    assert.equal(code, 64);
    assert.match(stderr, /--seconds is a whole number/);
    assert.match(stderr, /--ablation is one of no-precondition, no-ticket, naive-retries/);
  });
});
