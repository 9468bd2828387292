import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { onStage } from "../journeys/stage.ts";
import { approve, ask, finish, prove, proveWith, told, type } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import type { Phone } from "../lab/phone.ts";

/** Every string anywhere in Redis under this prefix: keys, values, fields, members, stream entries. */
async function everythingIn(redis: Redis, prefix: string): Promise<string> {
  const parts: string[] = [];
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }))
    for (const key of keys as string[]) {
      const kind = await redis.type(key);
      parts.push(key);
      if (kind === "string") parts.push((await redis.get(key)) ?? "");
      else if (kind === "hash") parts.push(JSON.stringify(await redis.hgetall(key)));
      else if (kind === "list") parts.push(...(await redis.lrange(key, 0, -1)));
      else if (kind === "set") parts.push(...(await redis.smembers(key)));
      else if (kind === "zset") parts.push(...(await redis.zrange(key, "0", "-1")));
      else if (kind === "stream") parts.push(JSON.stringify(await redis.xrange(key, "-", "+")));
      else throw new Error(`what is a ${kind}? ${key}`);
    }
  return parts.join("\n");
}

for (const mode of ["socket", "http"] as const)
  describe(`attack: reading along, Slack in ${mode} mode`, function () {
    this.timeout(60_000);
    const stage = onStage({ mode });
    const codes: string[] = [];
    const links: string[] = [];
    let seeds: readonly string[];

    before("a story with right and wrong codes, a secret in a command, and faults of Slack", async function () {
      this.timeout(60_000);
      const { lab } = stage();
      const spied = new Map<Phone, Phone>();
      const enrol = async (sub: string) => {
        const phone = await lab.enrol(sub);
        const fresh = async () => {
          const code = await phone.fresh();
          codes.push(code);
          return code;
        };
        const spy = { ...phone, fresh };
        spied.set(spy, phone);
        return spy;
      };
      const [alices, bobs] = [await enrol(alice.sub), await enrol(bob.sub)];
      seeds = [...spied.values()].flatMap(({ seed, recoveryCodes }) => [seed, ...recoveryCodes]);
      links.push(...[...spied.values()].map(({ link }) => link));
      await type(lab, alice, incident, "/k8s get pods -n prod -- token=hunter2hunter2hunter2");
      const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/api -n prod -- reading along");
      codes.push("314159");
      await proveWith(lab, alice, "314159", id);
      lab.slack.faults.fail("views.update", 500);
      lab.slack.faults.refuse("chat.update", "internal_error", 2);
      await prove(lab, alice, alices, id);
      await approve(lab, bob, bobs, id);
      await finish(lab, id);
      await told(lab, alice, incident, id);
      // Something worth logging: what the processes say as they end is read as well.
      await Promise.all([...lab.webs, ...lab.workers].map((one) => one.stop()));
    });

    /** Whether these digits stand anywhere by themselves. */
    const stands = (code: string) => new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`);

    it("no code, seed, link, token or key is in any line that any process printed", () => {
      const { lab } = stage();
      const lines = lab.lines().join("\n");
      assert.ok(lab.lines().length > 2);
      for (const code of codes) assert.doesNotMatch(lines, stands(code));
      const { botToken, appToken, signingSecret } = lab.slack;
      const { sealingKey, grantKey } = lab.secrets;
      for (const secret of [...seeds, ...links, botToken, appToken, signingSecret, sealingKey.split(":")[1] ?? ""])
        assert.ok(!lines.includes(secret), "a secret is in the log");
      for (const line of grantKey.split("\n").filter((text) => text.length > 20)) assert.ok(!lines.includes(line));
      assert.doesNotMatch(lines, /eyJ[\w-]{10}|hunter2/);
    });

    it("no code, seed, link, token or key is anywhere in Redis, jobs included", async () => {
      const { lab } = stage();
      const redis = new Redis(lab.redis.url.replace(/^unix:\/\//, ""));
      const all = await everythingIn(redis, lab.prefix);
      redis.disconnect();
      assert.ok(all.includes("reading along") && all.includes("bull:worker-demo"), "it is there to be read");
      for (const code of codes) assert.doesNotMatch(all, stands(code));
      const { botToken, appToken, signingSecret } = lab.slack;
      const { sealingKey } = lab.secrets;
      for (const secret of [...seeds, ...links, botToken, appToken, signingSecret, sealingKey.split(":")[1] ?? ""])
        assert.ok(!all.includes(secret), "a secret is in Redis");
      assert.doesNotMatch(all, /eyJ[\w-]{10}|hunter2|PRIVATE KEY/);
    });

    it("no code, seed or link was ever sent to Slack", () => {
      const { lab } = stage();
      const calls = JSON.stringify(lab.slack.calls);
      for (const code of codes) assert.doesNotMatch(calls, stands(code));
      for (const secret of [...seeds, ...links]) assert.ok(!calls.includes(secret));
      assert.doesNotMatch(calls, /otpauth:|eyJ[\w-]{10}/);
    });
  });

describe("attack: the environment of a captured process", function () {
  this.timeout(60_000);
  const stage = onStage();
  const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").join("\n");

  before(function () {
    if (process.platform === "linux") return;
    console.warn("  NOT TESTED: only Linux shows a process's environment in /proc");
    this.skip();
  });

  it("of the web process holds no way to any cluster", () => {
    const { lab } = stage();
    for (const { pid } of lab.webs) assert.doesNotMatch(environmentOf(pid), /KUBE|kubeconfig|CLUSTERS_FILE|eyJ/);
  });

  it("of the worker holds no Slack token, no second factor and no key that signs", () => {
    const { lab } = stage();
    for (const { pid } of lab.workers) {
      const environment = environmentOf(pid);
      assert.doesNotMatch(environment, /SLACK|xox|xapp|SEALING|PRIVATE KEY/);
      assert.match(environment, /PUBLIC KEY/);
    }
  });
});
