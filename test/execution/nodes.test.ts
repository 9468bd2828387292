import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Plan } from "../../src/operation/plan.ts";
import type { Request } from "../../src/request/request.ts";
import { name } from "../contract/sample-request.ts";
import type { KubeObject } from "../lab/kubernetes/object.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

const pods = "/api/v1/namespaces/prod/pods";
const budgets = "/apis/policy/v1/namespaces/prod/poddisruptionbudgets";

describe("nodes", () => {
  let test: TestBench;
  /** Where the first pod of deploy/api stands. */
  let node: string;
  beforeEach(async () => {
    test = await openBench();
    node = nodeOf((await podsThere()).find(({ metadata }) => metadata.name.startsWith("api-")));
  });
  afterEach(() => test.close());

  const nodeOf = (pod: KubeObject | undefined) =>
    String((pod?.["spec"] as { nodeName?: string } | undefined)?.nodeName);
  const podsThere = async () =>
    (await test.admin.list("/api/v1/pods")).filter(({ metadata }) => !metadata.deletionTimestamp);
  const onNode = async () => (await podsThere()).filter((pod) => nodeOf(pod) === node);
  const isCordoned = async () =>
    ((await test.admin.get(`/api/v1/nodes/${node}`))["spec"] as { unschedulable?: boolean }).unschedulable === true;
  const setCordoned = (unschedulable: boolean) =>
    test.admin.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable } });
  const ask = (kind: "cordon" | "uncordon"): Operation => ({
    kind,
    cluster: "demo",
    target: { kind: "Node", name: name(node) },
  });
  const drain = (asked: Partial<Extract<Operation, { kind: "drain" }>> = {}): Operation => ({
    ...{ kind: "drain", cluster: "demo", target: { kind: "Node", name: name(node) } },
    ...{ ignoreDaemonSets: false, deleteEmptyDirData: false, force: false },
    ...asked,
  });
  const ours = () =>
    test.double.history
      .filter(({ changed, user }) => changed && user.includes("countersign-operations:"))
      .map(({ verb, resource, subresource, user }) => [verb, subresource || resource, user.split(":").at(-1)]);
  async function planned(operation: Operation) {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }
  async function run(operation: Operation, meanwhile: () => Promise<unknown> = async () => undefined) {
    const request = await test.granted(operation);
    await meanwhile();
    await work(test.worker("first"), request.id);
    return test.now(request);
  }

  it("are cordoned once, under an account of their own, and what runs there stays", async () => {
    const before = (await onNode()).map(({ metadata }) => metadata.uid).sort();
    inState(await run(ask("cordon")), "succeeded");
    assert.equal(await isCordoned(), true);
    assert.deepEqual(ours(), [["patch", "nodes", "countersign-cordon"]]);
    assert.deepEqual((await onNode()).map(({ metadata }) => metadata.uid).sort(), before);
  });

  it("are uncordoned once", async () => {
    await setCordoned(true);
    inState(await run(ask("uncordon")), "succeeded");
    assert.equal(await isCordoned(), false);
    assert.deepEqual(ours(), [["patch", "nodes", "countersign-uncordon"]]);
  });

  it("are not cordoned twice: there is nothing to approve", async () => {
    await setCordoned(true);
    const request = await planned(ask("cordon"));
    assert.match(JSON.stringify(request), /is cordoned already/);
    assert.equal(request.state, "failed");
  });

  it("are not cordoned when somebody else was first", async () => {
    const request = await run(ask("cordon"), () => setCordoned(true));
    assert.equal(inState(request, "conflict").ended.why, `The node ${node} is cordoned already.`);
    assert.deepEqual(ours(), []);
  });

  it("say so when no other node takes pods", async () => {
    for (const other of await test.admin.list("/api/v1/nodes"))
      if (other.metadata.name !== node)
        await test.admin.patch(`/api/v1/nodes/${other.metadata.name}`, { spec: { unschedulable: true } });
    const plan = planIn(await planned(ask("cordon")));
    assert.match(plan.live.warnings.join(" "), /No other node takes pods now/);
  });

  it("are drained: cordoned first, then each pod of the plan evicted, and nothing else", async () => {
    const there = await onNode();
    const elsewhere = (await podsThere()).filter((pod) => nodeOf(pod) !== node).map(({ metadata }) => metadata.uid);
    const request = inState(await run(drain()), "succeeded");
    assert.equal(request.outcome.says, `done, and ${there.length} pods are gone from it`);
    assert.deepEqual(await onNode(), []);
    assert.equal(await isCordoned(), true);
    assert.deepEqual(ours(), [
      ["patch", "nodes", "countersign-drain"],
      ...there.map(() => ["create", "eviction", "countersign-drain"]),
    ]);
    assert.equal(request.outcome.apiAuditIds.length, there.length + 1);
    const now = (await podsThere()).map(({ metadata }) => metadata.uid);
    for (const uid of elsewhere) assert.ok(now.includes(uid));
  });

  it("list every pod with its verdict in the plan, which holds them by their uid", async () => {
    const there = await onNode();
    const plan = planIn(await planned(drain()));
    assert.deepEqual(plan.also?.map(({ uid }) => uid).sort(), there.map(({ metadata }) => metadata.uid).sort());
    assert.equal(plan.changes.length, there.length + 1);
    assert.equal(plan.facts.replicas, there.length);
    assert.deepEqual(plan.facts.namespaces, [...new Set(there.map(({ metadata }) => metadata.namespace))].sort());
  });

  it("are not drained of a pod that nothing owns unless that was said", async () => {
    await lone("by-hand");
    const refused = await planned(drain());
    assert.match(JSON.stringify(refused), /prod\/by-hand \(nothing owns it, and it would not come back; --force says/);
    inState(await run(drain({ force: true })), "succeeded");
    assert.equal((await test.admin.send("GET", `${pods}/by-hand`)).status, 404);
  });

  it("are not drained when another pod came to stand there since it was approved", async () => {
    const request = await run(drain({ force: true }), () => lone("newcomer"));
    assert.match(inState(request, "conflict").ended.why, /no longer what was approved/);
    assert.deepEqual(ours(), []);
  });

  it("are not drained past two budgets over one pod, which no eviction gets past", async () => {
    for (const one of ["one", "two"]) await budget(one, 0);
    assert.match(JSON.stringify(await planned(drain())), /two disruption budgets cover it/);
  });

  it("are left with what a budget does not let go, which is said, and stay cordoned", async () => {
    await budget("closed", 3);
    const request = await test.granted(drain());
    assert.match(request.plan.live.warnings.join(" "), /prod\/closed has room for 0 of \d pods? now/);
    await work(test.worker("first", { watchMs: 400 }), request.id);
    const failed = inState(await test.now(request), "failed");
    const says = "outcome" in failed ? failed.outcome.says : "";
    assert.match(says, /^The change was made, but \d of \d pods (is|are) still there: Pod prod\/api-/);
    assert.match(says, /the node stays cordoned/);
    assert.equal(await isCordoned(), true);
  });

  it("are drained to the end by the next worker when the first is lost in the midst of it", async () => {
    await budget("closed", 3);
    const request = await test.granted(drain());
    const lost = work(test.worker("first", { leaseMs: 60_000 }), request.id);
    while (!ours().some(([verb]) => verb === "patch")) await new Promise((next) => setTimeout(next, 5));
    test.desk.clock.pass(60_001);
    await test.admin.remove(`${budgets}/closed`);
    await work(test.worker("second"), request.id);
    inState(await test.now(request), "succeeded");
    assert.deepEqual(await onNode(), []);
    const evictions = ours().filter(([, what]) => what === "eviction");
    const planned = request.plan.also ?? [];
    assert.equal(evictions.length, planned.length);
    await lost.catch(() => undefined);
  });

  it("are not gone on with once the grant has run out: what is left stays", async () => {
    test.double.faults.drop("before-effect", /\/eviction/, 1_000);
    const request = await test.granted(drain());
    const lost = work(test.worker("first", { watchMs: 1_000 }), request.id);
    while (!ours().some(([verb]) => verb === "patch")) await new Promise((next) => setTimeout(next, 5));
    test.desk.clock.pass(24 * 3_600_000);
    await work(test.worker("second"), request.id);
    assert.match(JSON.stringify(await test.now(request)), /it was not evicted, and nothing more may be sent/);
    const asked = test.double.history.filter(({ subresource }) => subresource === "eviction");
    assert.deepEqual(asked, []);
    await lost.catch(() => undefined);
  });

  async function lone(called: string) {
    const spec = { nodeName: node, containers: [{ name: "a", image: "none" }] };
    await test.admin.create(pods, { apiVersion: "v1", kind: "Pod", metadata: { name: called }, spec });
  }
  async function budget(called: string, minAvailable: number) {
    const spec = { minAvailable, selector: { matchLabels: { app: "api" } } };
    await test.admin.create(budgets, {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: called },
      spec,
    });
  }
});

function planIn(request: Request): Plan {
  assert.ok("plan" in request && request.plan, JSON.stringify(request));
  return request.plan;
}
