import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

const pods = collectionPath("Pod", "prod");

describe("the eviction of a pod", () => {
  let test: TestBench;
  let victim: { readonly name: string; readonly uid: string };
  let evict: Operation;
  beforeEach(async () => {
    test = await openBench();
    const pod = (await test.admin.list(pods)).find(({ metadata }) => metadata.labels?.["app"] === "api");
    assert.ok(pod);
    victim = { name: pod.metadata.name, uid: pod.metadata.uid };
    evict = {
      kind: "delete-pod",
      cluster: "demo",
      target: { kind: "Pod", namespace: namespace("prod"), name: name(victim.name) },
    };
  });
  afterEach(() => test.close());

  const evictions = () =>
    test.double.history.filter(({ user, changed }) => changed && user.endsWith(":countersign-delete-pod"));
  const stands = async () => (await test.admin.list(pods)).some(({ metadata }) => metadata.uid === victim.uid);
  const budget = (minAvailable: number) =>
    test.admin.create(collectionPath("PodDisruptionBudget", "prod"), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "guarded", namespace: "prod" },
      spec: { minAvailable, selector: { matchLabels: { app: "api" } } },
    });
  async function planned() {
    const { id } = await test.desk.asks(alice, evict);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }

  it("is planned on the very pod, and says who puts another in its place", async () => {
    const request = await planned();
    assert.ok("plan" in request && request.plan);
    assert.deepEqual(request.plan.object, {
      apiVersion: "v1",
      kind: "Pod",
      namespace: "prod",
      name: victim.name,
      uid: victim.uid,
    });
    assert.match(request.plan.effects.join(" "), /^ReplicaSet api-\S+ puts another pod in its place\.$/);
    assert.equal(await stands(), true, "planning changes nothing");
  });

  it("removes that pod once, under its own account, and waits until it is gone", async () => {
    const request = await test.granted(evict);
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.equal(done.outcome.says, "done, and the pod is gone");
    assert.equal(await stands(), false);
    assert.equal(evictions().length, 1);
  });

  it("claims no more than that the pod is gone where its call was lost and somebody else removed it", async () => {
    const request = await test.granted(evict);
    let calls = 0;
    test.double.faults.judge(({ method, path }) => {
      if (method !== "POST" || !path.includes("/eviction") || path.includes("dryRun")) return {};
      calls += 1;
      if (calls > 1) return { delayMs: 300 };
      void test.admin.send("DELETE", `${pods}/${victim.name}`, { body: { gracePeriodSeconds: 0 } });
      return { drop: "before-effect" };
    });
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.equal(done.outcome.says, "it is gone; nothing shows whether by this request or by somebody else");
    assert.deepEqual([await stands(), evictions().length, calls], [false, 0, 2]);
  });

  it("is refused where a disruption budget has no room, in the budget's own words", async () => {
    await budget(3);
    const request = await planned();
    assert.ok("ended" in request, JSON.stringify(request));
    assert.match(request.ended.why, /^A disruption budget forbids it now: The disruption budget guarded needs 3/);
    assert.deepEqual([await stands(), evictions().length], [true, 0]);
  });

  it("does not run where the budget has lost its room since it was approved", async () => {
    const request = await test.granted(evict);
    await budget(3);
    await work(test.worker("first"), request.id);
    const ended = inState(await test.now(request), "conflict");
    assert.match(ended.ended.why, /the cluster refuses it now: The disruption budget guarded/);
    assert.deepEqual([await stands(), evictions().length], [true, 0]);
  });

  it("does not run for another pod of the same name", async () => {
    const request = await test.granted(evict);
    const { metadata, spec } = await test.admin.get(`${pods}/${victim.name}`);
    await test.admin.send("DELETE", `${pods}/${victim.name}`, { body: { gracePeriodSeconds: 0 } });
    const { name: same, labels = {} } = metadata;
    await test.admin.create(pods, { apiVersion: "v1", kind: "Pod", metadata: { name: same, labels }, spec });
    await work(test.worker("first"), request.id);
    assert.equal((await test.now(request)).state, "conflict");
    assert.equal(evictions().length, 0);
  });
});
