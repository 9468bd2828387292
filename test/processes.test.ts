import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Guard } from "./cluster/guard.ts";
import { startProcess } from "./lab/processes/lab-process.ts";
import { freshSecrets } from "./lab/processes/secrets.ts";
import { ownRedisFor } from "./lab/redis/shared-redis.ts";
import { type RedisPeer, startOwnRedis } from "./lab/redis/start-redis.ts";

const root = new URL("../", import.meta.url).pathname;

/** Runs a process that is expected to end by itself. */
async function run(side: "web" | "worker", environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [`src/${side}.ts`], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), stdout, stderr };
}

describe("a process that cannot start", function () {
  this.timeout(30_000);

  it("ends with 78 and every fault of its settings, web", async () => {
    const { code, stdout, stderr } = await run("web", { SLACK_BOT_TOKEN: "hunter2hunter2", KUBECONFIG: "/k" });
    assert.equal(code, 78);
    assert.equal(stdout, "");
    const [first, ...faults] = stderr.trimEnd().split("\n");
    assert.equal(first, "web: this configuration cannot be started with:");
    assert.equal(faults.length, 12, stderr);
    assert.ok(faults.includes("  SLACK_BOT_TOKEN: must be a bot token; they begin with xoxb-"));
    assert.ok(faults.includes("  KUBECONFIG: belongs to the other process and must not be here"));
    assert.doesNotMatch(stderr, /hunter2/);
  });

  it("ends with 78 and every fault of its settings, worker", async () => {
    const { code, stderr } = await run("worker", { SLACK_BOT_TOKEN: "xoxb-hunter2" });
    assert.equal(code, 78);
    assert.deepEqual(stderr.trimEnd().split("\n").toSorted(), [
      "  COUNTERSIGN_CLUSTERS_FILE: is missing",
      "  COUNTERSIGN_DIRECTORY: is missing",
      "  COUNTERSIGN_GRANT_PUBLIC_KEY: is missing",
      "  COUNTERSIGN_POLICY: is missing",
      "  REDIS_URL: is missing",
      "  SLACK_BOT_TOKEN: belongs to the other process and must not be here",
      "worker: this configuration cannot be started with:",
    ]);
  });
});

describe("a process that is told to end", function () {
  this.timeout(30_000);

  /** A process whose start is this much code, told to end as soon as it says `ready`. */
  async function endOf(start: string, signal: NodeJS.Signals) {
    const source = `
      import { run } from ${JSON.stringify(join(root, "src/process.ts"))};
      const later = () => new Promise((resolve) => setTimeout(resolve, 100));
      const open = setInterval(() => {}, 1_000);
      await run("it", async () => { ${start} });`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", source], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.once("data", () => child.kill(signal));
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { code: code as number | null, said: `${stdout}${stderr}` };
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`by ${signal} closes once, and waits for that`, async () => {
      const start = `later().then(() => console.log("ready"));
        return async () => { console.log("closing"); process.kill(process.pid, "${signal}"); await later(); console.log("closed"); };`;
      assert.deepEqual(await endOf(start, signal), { code: 0, said: "ready\nclosing\nclosed\n" });
    });

    it(`by ${signal} before it has quite started closes all the same`, async () => {
      const start = `console.log("ready"); await later(); await later(); return async () => console.log("closed");`;
      assert.deepEqual(await endOf(start, signal), { code: 0, said: "ready\nclosed\n" });
    });
  }

  it("says what went wrong in closing, and ends with 1", async () => {
    const start = `later().then(() => console.log("ready")); return async () => { throw new Error("stuck"); };`;
    assert.deepEqual(await endOf(start, "SIGTERM"), { code: 1, said: "ready\nit: could not stop cleanly: stuck\n" });
  });

  it("does not wait for a start that never ends", async () => {
    const { code } = await endOf(
      `console.log("ready"); await new Promise(() => {}); return async () => {};`,
      "SIGTERM",
    );
    assert.equal(code, 1);
  });
});

describe("a Redis that forgets", function () {
  this.timeout(30_000);
  let redis: RedisPeer;
  let folder: string;
  let worker: Record<string, string>;
  let web: Record<string, string>;
  let guard: Guard;

  before(async function () {
    // Only to be pending where there is none.
    await (await ownRedisFor(this)).close();
    this.timeout(30_000);
    redis = await startOwnRedis({ appendonly: "no", appendfsync: "everysec", "maxmemory-policy": "allkeys-lru" });
    folder = mkdtempSync(join(tmpdir(), "countersign-processes-"));
    guard = new Guard(folder);
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "c", user: { token: "t" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
      "current-context": "c",
    });
    const { grantPublicKey, grantKey, sealingKey } = freshSecrets();
    const common = {
      REDIS_URL: redis.url,
      COUNTERSIGN_POLICY: new URL("../manifests/overlays/example/policy.yaml", import.meta.url).pathname,
      COUNTERSIGN_DIRECTORY: new URL("../manifests/overlays/example/directory.yaml", import.meta.url).pathname,
    };
    web = {
      ...common,
      SLACK_BOT_TOKEN: "xoxb-1",
      SLACK_APP_TOKEN: "xapp-1",
      SLACK_APP_ID: "A0LAB",
      SLACK_TEAMS: "T0LAB",
      SLACK_APPROVALS_CHANNEL: "C0LAB",
      COUNTERSIGN_CLUSTERS: "c",
      COUNTERSIGN_SEALING_KEY: sealingKey,
      COUNTERSIGN_GRANT_KEY: grantKey,
    };
    worker = {
      ...common,
      COUNTERSIGN_GRANT_PUBLIC_KEY: grantPublicKey,
      COUNTERSIGN_CLUSTERS_FILE: file("clusters.yaml", `clusters:\n  c: { kubeconfig: ${file("k", kubeconfig)} }\n`),
    };
  });
  after(async () => {
    await guard?.dismiss();
    await redis?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const says = [
    "Redis has appendonly no: what is acknowledged would be lost when Redis stops. Set appendonly yes.",
    "Redis has appendfsync everysec: a power cut would lose the last second. Set appendfsync always.",
    "Redis has maxmemory-policy allkeys-lru: records would be evicted under memory pressure. Set maxmemory-policy noeviction.",
  ];

  it("is refused at the start, with all that it must be told", async () => {
    for (const [side, environment] of [
      ["web", web],
      ["worker", worker],
    ] as const) {
      const { code, stderr } = await run(side, environment);
      assert.deepEqual([code, stderr], [1, `${side}: could not start: ${says.join(" ")}\n`]);
    }
  });

  it("is borne in the demo, and said", async () => {
    const started = startProcess("worker", { ...worker, COUNTERSIGN_FORGETFUL_REDIS: "demo" }, guard);
    await started.ready;
    // BullMQ says something of its own, and not in JSON.
    const told = started.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { event: string; says?: string })
      .filter(({ event }) => event === "redis may forget");
    assert.deepEqual(
      told.map((line) => line.says),
      says,
    );
    assert.equal(await started.stop(), 0);
  });

  it("that is not there ends the start, without a word of its password", async () => {
    const { code, stderr } = await run("worker", { ...worker, REDIS_URL: "redis://:hunter2@127.0.0.1:1" });
    assert.equal(code, 1);
    assert.match(stderr, /^worker: could not start: /);
    assert.doesNotMatch(stderr, /hunter2/);
  });

  it("does not matter to a policy that cannot be read: the start fails, and says where", async () => {
    const faulty = join(folder, "policy.yaml");
    writeFileSync(faulty, "tiers: { a: {} }\npermit: [{ name: x }]\n");
    const { code, stderr } = await run("worker", {
      ...worker,
      COUNTERSIGN_FORGETFUL_REDIS: "demo",
      COUNTERSIGN_POLICY: faulty,
    });
    assert.equal(code, 1);
    assert.ok(stderr.includes(`${faulty}:2:`), stderr);
  });
});
