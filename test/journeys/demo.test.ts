import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { redisFor } from "../lab/redis/shared-redis.ts";

const root = new URL("../../", import.meta.url).pathname;

function startDemo(...words: readonly string[]): ChildProcess {
  const { PATH = "", REDIS_URL } = process.env;
  return spawn(process.execPath, ["test/lab/demo.ts", ...words], {
    cwd: root,
    env: { PATH, ...(REDIS_URL ? { REDIS_URL } : {}) },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Every process under this one, by what Linux says in /proc. */
function descendantsOf(pid: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])] as const];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
  const under = (parent: number): readonly number[] =>
    parents.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...under(child)]);
  return under(pid);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("npm run demo", function () {
  this.timeout(90_000);
  before(function () {
    return redisFor(this);
  });

  const rose = ["planning", "awaiting-challenge", "awaiting-approval"];
  const stories = {
    restart: { state: "succeeded", states: [...rose, "granted", "executing", "succeeded"], executions: 1 },
    scale: { state: "succeeded", states: [...rose, "granted", "executing", "succeeded"], executions: 1 },
    denied: { state: "denied", states: [...rose, "denied"], executions: 0 },
    expired: { state: "expired", states: [...rose, "expired"], executions: 0 },
  };
  for (const [story, { state, states, executions }] of Object.entries(stories))
    it(`-- --headless ${story} ends as it is told, and says so in its last line`, async () => {
      const demo = startDemo("--headless", story);
      assert.ok(demo.stdout);
      const [said, [code]] = await Promise.all([text(demo.stdout), once(demo, "exit")]);
      const last = JSON.parse(said.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
      const { request, slackCalls, auditEntries, ms, ...rest } = last;
      assert.deepEqual(rest, { story, state, states, executions, auditVerified: true });
      assert.match(String(request), /^r-[a-z0-9]{10}$/);
      for (const count of [slackCalls, auditEntries, ms]) assert.ok(Number.isInteger(count) && Number(count) > 0);
      assert.equal(code, 0);
    });

  it("refuses what is no story, naming those there are", async () => {
    const { PATH = "" } = process.env;
    const demo = spawn(process.execPath, ["test/lab/demo.ts", "--headless", "heroic"], { cwd: root, env: { PATH } });
    const [said, [code]] = await Promise.all([text(demo.stderr), once(demo, "exit")]);
    assert.match(said, /There is no story "heroic"[\s\S]*restart, scale, denied, expired/);
    assert.equal(code, 64);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`prints one address, and ends everything it started on ${signal}`, async function () {
      if (process.platform !== "linux") {
        console.warn("  NOT TESTED: only Linux lists a process's children in /proc");
        return this.skip();
      }
      const demo = startDemo();
      const { stdout, pid = 0 } = demo;
      assert.ok(stdout);
      let said = "";
      for await (const part of stdout) {
        said += String(part);
        if (said.includes("Ctrl-C")) break;
      }
      const [address = "", ...more] = said.match(/http:\/\/\S+/g) ?? [];
      assert.deepEqual(more, []);
      assert.equal((await fetch(address)).status, 200);
      const all = descendantsOf(pid);
      assert.ok(all.length >= 4, `web, worker, Redis and a guard: ${all}`);
      demo.kill(signal);
      await once(demo, "exit");
      // A guard that has nothing left to guard ends a moment later.
      while (all.some(lives)) await sleep(50);
      await assert.rejects(fetch(address));
    });
});
