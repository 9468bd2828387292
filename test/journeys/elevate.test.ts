import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { ask, click, finish, textOf, told, type } from "../lab/acting.ts";
import { answerTo, elevateAlice, ended, killEverything, startEverything, untilAnswered } from "../lab/elevating.ts";
import type { Lab } from "../lab/lab.ts";
import { alice, bob, carol, incident } from "../lab/people.ts";
import { ownRedisFor } from "../lab/redis/shared-redis.ts";
import { until } from "../lab/slack/until.ts";
import { onStage, type Stage } from "./stage.ts";

const bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/prod/rolebindings";

/** What only alice is told, if it says so. */
function whisperOf(lab: Lab, says: RegExp) {
  const { messages } = lab.slack.as(alice.id).see();
  return messages.find((one) => one.ephemeralFor === alice.id && says.test(textOf(one.blocks)));
}

async function kinds({ lab }: Stage): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { body } of lab.trail.entries()) {
    const { event } = JSON.parse(body) as { event: { kind: string } };
    if (event.kind.startsWith("elevation.")) all.push(event.kind);
  }
  return all;
}

describe("an elevation through the real processes", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 2, redis: ownRedisFor });

  const deeds = ({ double }: Stage) =>
    double.history
      .filter(({ resource, changed, user }) => resource === "rolebindings" && changed && user !== "admin")
      .map(({ verb, user }) => `${verb} by ${user.split(":").at(-1)}`);

  it("gives alice what she may not do herself, for as long as was approved, and not longer", async () => {
    const { lab, admin } = stage();
    assert.equal(await answerTo(admin), 403);
    const { id, outcome } = await elevateAlice(lab, "--role=view --for=5s");
    assert.match(outcome.says, /^done; the user alice@example.com holds view in prod until /);
    await untilAnswered(admin, 403);
    const { how, at, until } = await ended(lab, id);
    assert.equal(how, "on-time");
    assert.ok(at >= until, "not before its time");
    assert.deepEqual(deeds(stage()), ["create by countersign-elevate", "delete by countersign-elevation-end"]);
    assert.deepEqual(await kinds(stage()), ["elevation.ended"]);
  });

  it("asks as much for edit as for the most that edit could be used for", async () => {
    const { lab, admin } = stage();
    const { decision } = await elevateAlice(lab, "--role=edit --for=5s", [bob, carol]);
    assert.equal(decision.tier, "critical");
    await untilAnswered(admin, 403);
  });

  it("is listed while it stands, and ends early when its holder says so, or an approver by the button", async () => {
    const { lab, admin } = stage();
    const { id } = await elevateAlice(lab, "--role=view --for=1h");
    await ask(lab, alice, incident, "/k8s elevations -n prod");
    await until(lab.slack, () => whisperOf(lab, new RegExp(`${id} +prod +view +user alice@example.com`)));
    await type(lab, alice, incident, `/k8s revoke ${id} -- seen enough`);
    await untilAnswered(admin, 403);
    assert.equal((await ended(lab, id)).how, "revoked");
    const again = await elevateAlice(lab, "--role=view --for=1h");
    await click(lab, bob, "revoke", again.id);
    await untilAnswered(admin, 403);
    await told(lab, alice, incident, again.id);
  });

  it("elevates nobody of whom the directory does not say who they are in the cluster", async () => {
    const { lab } = stage();
    const directory = await readFile(lab.directoryFile, "utf8");
    await writeFile(lab.directoryFile, directory.replace(/, kubernetes: \{[^}]*\}/, ""));
    const id = await ask(lab, alice, incident, "/k8s elevate --role=view --for=5s -n prod -- to look");
    const request = await finish(lab, id);
    assert.match("ended" in request ? request.ended.why : "", /Nobody has said who alice@example.com is/);
    await writeFile(lab.directoryFile, directory);
  });
});

describe("an elevation, when everything was killed", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 2, redis: ownRedisFor });

  it("is gone on time after web, workers and Redis were all killed, and started again when it was over", async () => {
    const { lab, admin } = stage();
    const { id, elevation } = await elevateAlice(lab, "--role=view --for=7s");
    assert.equal(await answerTo(admin), 200);
    await killEverything(lab);
    await sleep((elevation?.until ?? 0) - Date.now() + 100);
    assert.equal(await answerTo(admin), 200, "nobody was there to end it");
    await startEverything(lab);
    await untilAnswered(admin, 403);
    assert.equal((await ended(lab, id)).how, "on-time");
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });
});

describe("an elevation, when Redis was killed and has no memory", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 1, redis: ownRedisFor });

  it("is gone on time all the same, and the trail says that it was left over", async () => {
    const { lab, admin } = stage();
    await elevateAlice(lab, "--role=view --for=7s");
    assert.equal(await answerTo(admin), 200);
    await killEverything(lab);
    await lab.redis.restart();
    const redis = new Redis(lab.redis.url.replace(/^unix:\/\//, ""));
    await redis.flushall();
    redis.disconnect();
    await Promise.all([lab.start("web"), lab.start("worker")]);
    assert.equal((await admin.list(bindings, { labelSelector: "countersign.dev/elevation" })).length, 1);
    await untilAnswered(admin, 403);
    assert.deepEqual(await kinds(stage()), ["elevation.leftover"]);
  });
});
