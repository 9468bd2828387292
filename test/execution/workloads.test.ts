import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import type { WorkloadKind } from "../../src/operation/catalogue/workloads.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { noon } from "../fakes/clock.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { demoWorld } from "../lab/kubernetes/seed.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

const target = <K extends WorkloadKind>(kind: K, called: string) =>
  ({ kind, namespace: namespace("prod"), name: name(called) }) as const;
const database = target("StatefulSet", "orders-db");
const agent = target("DaemonSet", "log-agent");
const restartOf = (one: typeof database | typeof agent): Operation => ({
  kind: "rollout-restart",
  cluster: "demo",
  target: one,
});
const scaleTo = (replicas: number): Operation => ({ kind: "scale", cluster: "demo", target: database, replicas });
const pathOf = ({ kind, name: called }: { kind: WorkloadKind; name: string }) =>
  `${collectionPath(kind, "prod")}/${called}`;

describe("StatefulSets and DaemonSets", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ seed: demoWorld });
  });
  afterEach(() => test.close());

  async function planOf(operation: Operation) {
    const change = changeOf(operation);
    return actOf(change).plan(await test.cluster.session(reader, "r-1"), change, noon, "r-1");
  }
  async function effectsOf(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok(!("unplannable" in plan), JSON.stringify(plan));
    return plan.effects;
  }
  async function whyNot(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok("unplannable" in plan, JSON.stringify(plan));
    return plan.unplannable;
  }
  async function run(operation: Operation) {
    const request = await test.granted(operation);
    await work(test.worker("first"), request.id);
    return inState(await test.now(request), "succeeded");
  }
  const ours = () =>
    test.double.history
      .filter(({ user, changed }) => changed && user.includes("countersign-operations"))
      .map(({ user, resource, verb }) => [user.split(":").at(-1), verb, resource])
      .filter(([, , resource]) => resource?.endsWith("sets"));
  const podsOf = (called: string) =>
    (test.double.snapshot().find((one) => one.name === called)?.pods ?? []).filter(
      ({ phase }) => phase !== "Terminating",
    );

  for (const one of [database, agent])
    it(`restarts every pod of a ${one.kind}, once, under the account of restarts`, async () => {
      const before = podsOf(one.name).map(({ revision }) => revision);
      const done = await run(restartOf(one));
      assert.equal(done.outcome.says, "done, and rolled out");
      assert.equal(done.plan.object?.kind, one.kind);
      assert.deepEqual(ours(), [["countersign-rollout-restart", "patch", pathOf(one).split("/").at(-2)]]);
      const pods = podsOf(one.name);
      assert.equal(pods.length, before.length);
      assert.ok(pods.length > 0 && pods.every(({ revision, ready }) => ready && !before.includes(revision)));
    });

  it("scales a StatefulSet through its subresource alone", async () => {
    const done = await run(scaleTo(5));
    assert.equal(done.outcome.says, "done, and rolled out");
    assert.deepEqual(ours(), [["countersign-scale", "patch", "statefulsets"]]);
    assert.equal(podsOf("orders-db").length, 5);
  });

  it("scales a StatefulSet whose pods are renewed only by hand, though they have old templates", async () => {
    await test.admin.patch(pathOf(database), { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } });
    await test.admin.patch(pathOf(database), { spec: { template: { metadata: { labels: { rev: "2" } } } } });
    await run(scaleTo(2));
    assert.equal(podsOf("orders-db").length, 2);
  });

  const strategy = (one: typeof database | typeof agent, updateStrategy: object) =>
    test.admin.patch(pathOf(one), { spec: { updateStrategy } });

  it("says how many pods miss at once: one, or what the strategy says, rounded up", async () => {
    assert.deepEqual(await effectsOf(restartOf(database)), ["All 3 pods are replaced, at most 1 missing at once."]);
    const nodes = podsOf("log-agent").length;
    assert.ok(nodes >= 2);
    const says = (atOnce: string) => [`All ${nodes} pods are replaced, ${atOnce}.`];
    assert.deepEqual(await effectsOf(restartOf(agent)), says("at most 1 missing at once"));
    await strategy(agent, { rollingUpdate: { maxUnavailable: "51%" } });
    assert.deepEqual(await effectsOf(restartOf(agent)), says(`at most ${Math.ceil(nodes * 0.51)} missing at once`));
    await strategy(agent, { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    assert.deepEqual(await effectsOf(restartOf(agent)), says("none of them missing at any time"));
  });

  for (const one of [database, agent])
    it(`does not plan a restart of a ${one.kind} that renews pods only when they are deleted`, async () => {
      await strategy(one, { type: "OnDelete", rollingUpdate: null });
      assert.match(await whyNot(restartOf(one)), /would replace no pod: by its strategy OnDelete/);
    });

  it("rolls a StatefulSet down to its partition, and says what that holds back", async () => {
    await strategy(database, { rollingUpdate: { partition: 2 } });
    assert.deepEqual(await effectsOf(restartOf(database)), [
      "1 of 3 pods are replaced, at most 1 missing at once; its partition holds back the first 2.",
    ]);
    const old = podsOf("orders-db").map(({ revision }) => revision);
    const done = await run(restartOf(database));
    assert.equal(done.outcome.says, "done, and rolled out as far as it goes: its partition holds back the first 2");
    assert.equal(podsOf("orders-db").filter(({ revision }) => !old.includes(revision)).length, 1);
  });

  it("does not plan a restart that the partition would hold back whole", async () => {
    await strategy(database, { rollingUpdate: { partition: 7 } });
    assert.match(await whyNot(restartOf(database)), /would replace no pod: its partition holds back the first 3/);
  });

  it("warns of an autoscaler of that very kind", async () => {
    const scaler = (kind: WorkloadKind) => ({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: kind.toLowerCase() },
      spec: { minReplicas: 2, maxReplicas: 8, scaleTargetRef: { apiVersion: "apps/v1", kind, name: "orders-db" } },
    });
    for (const kind of ["Deployment", "StatefulSet"] as const)
      await test.admin.create(collectionPath("HorizontalPodAutoscaler", "prod"), scaler(kind));
    const plan = await planOf(scaleTo(5));
    assert.ok("live" in plan);
    assert.deepEqual(plan.live.warnings, [
      "The autoscaler statefulset keeps it at 2 to 8 replicas and will undo a scale outside of that.",
    ]);
  });
});
