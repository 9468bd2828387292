import assert from "node:assert/strict";
import { actOf } from "../../src/execution/acts.ts";
import { work } from "../../src/execution/work.ts";
import type { Change } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";
import { fakeSession } from "./fake-session.ts";
import { watchedWorker } from "./watched.ts";

const pods = collectionPath("Pod", "prod");

describe("the removal of a pod by force", () => {
  let test: TestBench;
  let victim: { readonly name: string; readonly uid: string };
  let force: Change;
  beforeEach(async () => {
    test = await openBench();
    const pod = (await test.admin.list(pods)).find(({ metadata }) => metadata.labels?.["app"] === "api");
    assert.ok(pod);
    victim = { name: pod.metadata.name, uid: pod.metadata.uid };
    const target = { kind: "Pod", namespace: namespace("prod"), name: name(victim.name) } as const;
    force = { kind: "delete-pod-force", cluster: "demo", target };
  });
  afterEach(() => test.close());

  const removals = () =>
    test.double.history.filter(({ user, changed }) => changed && user.endsWith(":countersign-delete-pod-force"));
  const stands = async () => (await test.admin.list(pods)).some(({ metadata }) => metadata.uid === victim.uid);
  async function planned() {
    const { id } = await test.desk.asks(alice, force);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }
  async function keepAway(finalizers: readonly string[]) {
    await test.admin.patch(`${pods}/${victim.name}`, { metadata: { finalizers } });
  }

  it("says that its kubelet may still be running it, and who puts another in its place", async () => {
    const request = await planned();
    assert.ok("plan" in request && request.plan);
    assert.equal(request.plan.object?.uid, victim.uid);
    const effects = request.plan.effects.join(" ");
    assert.match(effects, /the containers may still be running/);
    assert.match(effects, /ReplicaSet api-\S+ puts another pod in its place at once\.$/);
    assert.equal(await stands(), true, "planning changes nothing");
  });

  it("removes that pod at once and once, though a disruption budget has no room for it", async () => {
    await test.admin.create(collectionPath("PodDisruptionBudget", "prod"), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "guarded", namespace: "prod" },
      spec: { minAvailable: 3, selector: { matchLabels: { app: "api" } } },
    });
    const request = await test.granted(force);
    assert.match(
      request.plan.live.warnings.join(" "),
      /guarded has room for 0 now; a removal by force does not ask it/,
    );
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.equal(done.outcome.says, "done, and the pod is gone");
    assert.equal(await stands(), false);
    assert.equal(removals().length, 1);
  });

  it("is for a pod that is being deleted already, too: that is what it is for", async () => {
    const metadata = { uid: victim.uid, deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: 600 };
    const object = { metadata: { ...metadata, finalizers: ["example.org/wait"] }, spec: { nodeName: "lost" } };
    const stuck = fakeSession({ get: async () => ({ object, auditId: "a" }), list: async () => [] });
    const plan = await actOf(force).plan(stuck, force, 0, "r-1");
    assert.ok(!("unplannable" in plan), JSON.stringify(plan));
    assert.deepEqual(plan.live.warnings, [
      "It is being deleted already, and was given time to end.",
      "The finalizer example.org/wait keeps it until somebody takes it away.",
    ]);
  });

  it("is not asked for twice of a pod that only waits for its finalizers", async () => {
    await keepAway(["example.org/wait"]);
    await test.admin.send("DELETE", `${pods}/${victim.name}`, { body: { gracePeriodSeconds: 0 } });
    const request = await planned();
    assert.ok("ended" in request, JSON.stringify(request));
    assert.match(request.ended.why, /removed by force already, and waits for example.org\/wait/);
  });

  it("is accepted and not gone where a finalizer keeps the pod, and says so", async () => {
    await keepAway(["example.org/wait"]);
    const request = await test.granted(force);
    await work(test.worker("first", { watchMs: 300 }), request.id);
    const failed = inState(await test.now(request), "failed");
    assert.match("outcome" in failed ? failed.outcome.says : "", /was made, but .* it waits for example.org\/wait/);
    assert.equal(removals().length, 1);
  });

  it("does not run for another pod of the same name", async () => {
    const request = await test.granted(force);
    const { metadata, spec } = await test.admin.get(`${pods}/${victim.name}`);
    await test.admin.send("DELETE", `${pods}/${victim.name}`, { body: { gracePeriodSeconds: 0 } });
    const { name: same, labels = {} } = metadata;
    await test.admin.create(pods, { apiVersion: "v1", kind: "Pod", metadata: { name: same, labels }, spec });
    await work(test.worker("first"), request.id);
    assert.equal((await test.now(request)).state, "conflict");
    assert.equal(removals().length, 0);
  });

  it("sends the same removal again when its answer is lost, and counts the pod that is gone as done", async () => {
    const request = await test.granted(force);
    const lossy = watchedWorker(test, "first", async (moment) => {
      if (moment === "before call") test.double.faults.drop("after-effect", new RegExp(`${victim.name}$`));
    });
    await work(lossy, request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(removals().length, 1);
  });
});
