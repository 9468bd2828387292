import assert from "node:assert/strict";
import { isOver } from "../../src/request/request.ts";
import { collect } from "../contract/collect.ts";
import { ask, finish, textOf } from "../lab/acting.ts";
import { type KubernetesDouble, startKubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { alice, incident } from "../lab/people.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";
import { until } from "../lab/slack/until.ts";
import { prepareCluster } from "../lab/worker-access.ts";

/** Asks for what no cluster holds: to be planned, its worker must look, and it is over by that. */
const inVain = (lab: Lab, cluster: string) =>
  ask(lab, alice, incident, `/k8s rollout restart deploy/nosuch -n prod -c ${cluster} -- two clusters`);

describe("two workers, each with a cluster of its own", function () {
  this.timeout(60_000);
  let doubles: readonly KubernetesDouble[] = [];
  let lab: Lab;

  before(async function () {
    const redis = await redisFor(this);
    doubles = await Promise.all([startKubernetesDouble(), startKubernetesDouble()]);
    const [demo, other] = await Promise.all(doubles.map(prepareCluster));
    assert.ok(demo && other);
    lab = await startLab({ cluster: demo, others: { other }, redis });
  });
  after(async () => {
    await lab?.close();
    await Promise.all(doubles.map((double) => double.close()));
  });

  /** The process that wrote this request's entry of this kind. */
  const writerOf = async (id: string, kind: string) => {
    const bodies = (await collect(lab.trail.entries())).map(({ body }) => JSON.parse(body));
    const { writer } = bodies.find(({ event }) => event.kind === kind && event.request === id) ?? {};
    return Number(String(writer).split("/").at(-1));
  };

  it("look at the requests of their own cluster and at no other", async () => {
    const [demo, other] = lab.workers;
    const ids: string[] = [];
    for (const cluster of ["demo", "other", "demo", "other"]) ids.push(await inVain(lab, cluster));
    for (const id of ids) assert.equal((await finish(lab, id)).state, "failed");
    const writers = await Promise.all(ids.map((id) => writerOf(id, "plan.failed")));
    assert.deepEqual(writers, [demo?.pid, other?.pid, demo?.pid, other?.pid]);
  });

  it("say of a cluster that is away what is waited for, go on with the other, and with it when it is back", async () => {
    const [, double] = doubles;
    double?.faults.judge(() => ({ drop: "before-effect" }));
    const [waits, goes] = [await inVain(lab, "other"), await inVain(lab, "demo")];
    await finish(lab, goes);
    const shown = () =>
      lab.slack
        .as(alice.id)
        .see()
        .messages.map(({ blocks }) => textOf(blocks))
        .find((text) => text.includes(`Request ${waits}`)) ?? "";
    await until(lab.slack, () => shown().includes("Waiting: the cluster other does not answer.") || undefined);
    assert.match(shown(), /It is tried again until/);
    double?.faults.clear();
    assert.equal((await finish(lab, waits)).state, "failed");
    await until(lab.slack, () => !shown().includes("Waiting") || undefined);
  });

  it("go on when the other one is away, whose requests wait for it", async () => {
    const [, other] = lab.workers;
    await other?.stop();
    const [waits, goes] = [await inVain(lab, "other"), await inVain(lab, "demo")];
    await finish(lab, goes);
    const waiting = (await lab.store.read(waits))?.request;
    assert.ok(waiting && !isOver(waiting));
    const again = await lab.start("worker", "other");
    await finish(lab, waits);
    assert.equal(await writerOf(waits, "plan.failed"), again.pid);
  });
});
