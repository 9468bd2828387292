import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach, review, told, undo } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const budgets = "/apis/policy/v1/namespaces/prod/poddisruptionbudgets";

describe("nodes through the real processes", function () {
  this.timeout(90_000);
  const stage = onStage({ webs: 1, workers: 2, worker: { COUNTERSIGN_LEASE_SECONDS: "3" } });

  const nodes = () => stage().admin.list("/api/v1/nodes");
  const isCordoned = async (node: string) =>
    ((await stage().admin.get(`/api/v1/nodes/${node}`))["spec"] as { unschedulable?: boolean }).unschedulable === true;
  const podsOn = async (node: string) =>
    (await stage().admin.list("/api/v1/pods")).filter(
      (pod) => (pod["spec"] as { nodeName?: string }).nodeName === node && !pod.metadata.deletionTimestamp,
    );

  /** Gets every yes; answers what the approver saw, and how it ended. */
  async function goOn(id: string) {
    const { lab } = stage();
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    const seen = JSON.stringify((await review(lab, bob, id)).view.blocks);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const request = await finish(lab, id);
    await told(lab, alice, incident, id);
    return { request, seen };
  }
  const asked = (command: string) => ask(stage().lab, alice, incident, `/k8s ${command} -- its disk fails`);

  it("are cordoned, and let go by the button that takes it back", async () => {
    const [node] = await nodes();
    const called = node?.metadata.name ?? "";
    const id = await asked(`cordon ${called}`);
    const { request, seen } = await goOn(id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    assert.ok(seen.includes(`Node ${called}`) && seen.includes("spec.unschedulable"), seen);
    assert.equal(await isCordoned(called), true);
    const back = await goOn(await undo(stage().lab, alice, id, `undo of ${id}`));
    assert.equal(back.request.state, "succeeded", JSON.stringify(back.request));
    assert.equal(await isCordoned(called), false);
  });

  it("are drained of every pod that the approver saw, while others take their place", async () => {
    const [node] = await nodes();
    const called = node?.metadata.name ?? "";
    const there = await podsOn(called);
    assert.ok(there.length > 0);
    const { request, seen } = await goOn(await asked(`drain ${called} --ignore-daemonsets`));
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    for (const { metadata } of there) assert.ok(seen.includes(`pod ${metadata.namespace}/${metadata.name}`), seen);
    assert.deepEqual(await podsOn(called), []);
    assert.equal(await isCordoned(called), true);
    await stage().admin.patch(`/api/v1/nodes/${called}`, { spec: { unschedulable: false } });
  });

  it("say which pods cannot go, and that nothing was asked for yet", async () => {
    const { admin, lab } = stage();
    const [, node] = await nodes();
    const called = node?.metadata.name ?? "";
    const lone = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "by-hand" },
      spec: { nodeName: called, containers: [{ name: "a", image: "none" }] },
    };
    await admin.create("/api/v1/namespaces/prod/pods", lone);
    const id = await asked(`drain ${called}`);
    const request = await finish(lab, id);
    assert.match(JSON.stringify(request), /prod\/by-hand \(nothing owns it, and it would not come back; --force says/);
    assert.equal(await isCordoned(called), false);
    await admin.remove("/api/v1/namespaces/prod/pods/by-hand");
  });

  it("are gone on with by another worker when the first is killed in the midst of a drain", async () => {
    const { admin, lab } = stage();
    const [, node] = await nodes();
    const called = node?.metadata.name ?? "";
    const spec = { minAvailable: 3, selector: { matchLabels: { app: "api" } } };
    await admin.create(budgets, {
      ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "closed" } },
      spec,
    });
    const id = await asked(`drain ${called}`);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    await eventually(
      () => isCordoned(called),
      (is) => is,
    );
    const { request } = (await lab.store.read(id)) ?? {};
    assert.ok(request && "claim" in request);
    const pid = Number(request.claim?.worker.split("/").at(-1));
    lab.workers.find((one) => one.pid === pid)?.signal("SIGKILL");
    await admin.remove(`${budgets}/closed`);
    const end = await finish(lab, id);
    assert.equal(end.state, "succeeded", JSON.stringify(end));
    assert.deepEqual(await podsOn(called), []);
  });
});
