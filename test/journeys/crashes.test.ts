import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { approve, ask, finish, prove, reach, told } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import type { LabProcess } from "../lab/processes/lab-process.ts";
import { ownRedisFor } from "../lab/redis/shared-redis.ts";
import { onStage, type Stage } from "./stage.ts";

/** The call that changes a deployment, and not its dry run. */
const change = /\/deployments\/[a-z]+(\/scale)?\?(?!.*dryRun)(?=.*fieldManager)/;

async function proved({ lab }: Stage, line: string): Promise<string> {
  const id = await ask(lab, alice, incident, line);
  await prove(lab, alice, await lab.enrol(alice.sub), id);
  await reach(lab, id, "awaiting-approval");
  return id;
}

async function countersigned({ lab }: Stage, id: string): Promise<void> {
  await approve(lab, bob, await lab.enrol(bob.sub), id);
}

async function claimOf({ lab }: Stage, id: string) {
  const { request } = (await lab.store.read(id)) ?? {};
  return request && "claim" in request ? request.claim : undefined;
}

/** The worker that holds the request now. */
async function holderOf(stage: Stage, id: string): Promise<LabProcess> {
  for (;;) {
    const pid = Number((await claimOf(stage, id))?.worker.split("/").at(-1));
    const holder = stage.lab.workers.find((worker) => worker.pid === pid);
    if (holder) return holder;
    await sleep(10);
  }
}

async function verified({ lab }: Stage): Promise<void> {
  const { code, stdout } = await lab.cli("audit", "verify");
  assert.equal(code, 0, stdout);
}

describe("a worker that dies or freezes", function () {
  this.timeout(90_000);
  const stage = onStage({ workers: 2, rolloutMs: 1_200, worker: { COUNTERSIGN_LEASE_SECONDS: "2" } });

  it("by SIGKILL while its call is on the way: another one finds out, and it was done once", async () => {
    const { lab, double, executions } = stage();
    const id = await proved(stage(), "/k8s rollout restart deploy/api -n prod -- 5xx");
    double.faults.delay(1_000, change);
    await countersigned(stage(), id);
    while (!double.requests.some((request) => request.startsWith("PATCH") && change.test(request))) await sleep(5);
    const holder = await holderOf(stage(), id);
    await holder.kill();
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal((await claimOf(stage(), id))?.fence, 2);
    assert.equal(executions(), 1);
    await told(lab, alice, incident, id);
    await verified(stage());
    await lab.start("worker");
  });

  it("by SIGSTOP past its lease: another one takes over, and the frozen one changes nothing when it wakes", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await proved(stage(), "/k8s scale deploy/api --replicas=6 -n prod -- frozen");
    await countersigned(stage(), id);
    await reach(lab, id, "executing", "succeeded");
    const holder = await holderOf(stage(), id);
    holder.signal("SIGSTOP");
    const over = await finish(lab, id);
    holder.signal("SIGCONT");
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal((await claimOf(stage(), id))?.fence, 2);
    await told(lab, alice, incident, id);
    assert.equal(executions(), before + 1);
    await verified(stage());
  });

  it("by SIGTERM finishes what it holds before it goes", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await proved(stage(), "/k8s rollout restart deploy/api -n prod -- drain");
    await countersigned(stage(), id);
    await reach(lab, id, "executing", "succeeded");
    const holder = await holderOf(stage(), id);
    assert.equal(await holder.stop(), 0);
    assert.equal((await lab.store.read(id))?.request.state, "succeeded");
    assert.equal(executions(), before + 1);
    await lab.start("worker");
  });
});

describe("a web process that dies", function () {
  this.timeout(90_000);
  const stage = onStage();

  it("loses no approval: the next one grants, and tells in Slack what the first one could not", async () => {
    const { lab, executions } = stage();
    const id = await proved(stage(), "/k8s rollout restart deploy/api -n prod -- 5xx");
    await countersigned(stage(), id);
    await lab.webs[0]?.kill();
    await lab.start("web");
    assert.equal((await finish(lab, id)).state, "succeeded");
    await told(lab, alice, incident, id);
    assert.equal(executions(), 1);
    await verified(stage());
  });
});

describe("a Redis that dies and comes back", function () {
  this.timeout(90_000);
  const stage = onStage({ redis: ownRedisFor, workers: 2, rolloutMs: 800, worker: { COUNTERSIGN_LEASE_SECONDS: "3" } });

  it("while pods roll: nothing is lost, nothing is done twice, and the trail is whole", async () => {
    const { lab, executions } = stage();
    const id = await proved(stage(), "/k8s rollout restart deploy/api -n prod -- 5xx");
    await countersigned(stage(), id);
    await reach(lab, id, "executing", "succeeded");
    await lab.redis.kill();
    await sleep(1_000);
    await lab.redis.restart();
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal(executions(), 1);
    await told(lab, alice, incident, id);
    await verified(stage());
  });
});
