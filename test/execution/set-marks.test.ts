import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { labPolicy } from "../fakes/policy.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { api, openBench, type TestBench } from "./bench.ts";
import { Crashed, mortalWorker } from "./watched.ts";

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const label = (marks: Readonly<Record<string, string | null>>): Operation => ({
  kind: "label",
  cluster: "demo",
  target,
  marks,
});
const annotate = (marks: Readonly<Record<string, string | null>>): Operation => ({
  kind: "annotate",
  cluster: "demo",
  target,
  marks,
});
const patch = (value: number): Operation => ({
  kind: "patch",
  cluster: "demo",
  target,
  field: "spec.minReadySeconds",
  value,
});

describe("the labels, annotations and fields of one object", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  async function whyNot(operation: Operation): Promise<string> {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    const request = await test.now({ id });
    return "ended" in request ? request.ended.why : request.state;
  }
  async function run(operation: Operation) {
    const request = await test.granted(operation);
    await work(test.worker("first"), request.id);
    return inState(await test.now(request), "succeeded");
  }

  it("are set and taken away, each under its own account, and no pod is replaced", async () => {
    const pods = async () =>
      (await test.admin.list(collectionPath("Pod", "prod"))).map(({ metadata }) => metadata.uid).sort();
    const before = await pods();
    await run(label({ "example.com/tier": "gold", team: null }));
    await run(annotate({ "example.com/owner": "the web team" }));
    const done = await run(patch(7));
    const { metadata, spec } = await test.admin.get(api);
    assert.deepEqual(metadata.labels, { app: "api", "example.com/tier": "gold" });
    assert.equal(metadata.annotations?.["example.com/owner"], "the web team");
    assert.equal(metadata.annotations?.["countersign.dev/request"], done.id);
    assert.equal((spec as { minReadySeconds?: number }).minReadySeconds, 7);
    assert.deepEqual(await pods(), before);
    assert.deepEqual(
      test.effects().map(({ user }) => user.split(":").at(-1)),
      ["countersign-label", "countersign-annotate", "countersign-patch"],
    );
  });

  it("are planned from what they are to what they become", async () => {
    const { plan } = await test.granted(label({ "example.com/tier": "gold", team: null }));
    assert.deepEqual(plan.changes, [
      { field: 'metadata.labels["example.com/tier"]', from: "not set", to: "gold" },
      { field: 'metadata.labels["team"]', from: "web", to: "taken away" },
    ]);
    assert.deepEqual((await test.granted(patch(7))).plan.changes, [
      { field: "spec.minReadySeconds", from: "not set", to: "7" },
    ]);
  });

  it("are not set where they are so already, nor where the workload selects its pods by them", async () => {
    assert.equal(await whyNot(label({ team: "web" })), "The labels of deploy/api are so already.");
    const session = await test.cluster.session(reader, "r-1");
    const ofPods = changeOf(label({ app: "other" }));
    assert.deepEqual(await actOf(ofPods).plan(session, ofPods, 0, "r-1"), {
      unplannable: "deploy/api selects its pods by app: that is never set from here.",
    });
    await test.admin.patch(api, { spec: { minReadySeconds: 7 } });
    assert.equal(await whyNot(patch(7)), "spec.minReadySeconds of deploy/api is 7 already.");
  });

  it("are not set where somebody set them otherwise since it was approved", async () => {
    const request = await test.granted(label({ team: "payments" }));
    await test.admin.patch(api, { metadata: { labels: { team: "search" } } });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    assert.deepEqual(test.effects(), []);
  });

  for (const [what, operation] of [
    ["label", label({ team: "payments" })],
    ["annotate", annotate({ "example.com/owner": "me" })],
    ["patch", patch(7)],
  ] as const)
    it(`are not set by ${what} where the worker's own policy does not allow it, whatever web has signed`, async () => {
      const request = await test.granted(operation);
      test.policy.replace({ ...labPolicy, fields: {} });
      await work(test.worker("first"), request.id);
      const ended = await test.now(request);
      assert.ok(ended.state === "denied", ended.state);
      assert.match(ended.ended.why, new RegExp(`The policy lets nobody ${what}`));
      assert.deepEqual(test.effects(), []);
    });

  it("are set once, though their worker is gone after the call", async () => {
    const request = await test.granted(label({ team: "payments" }));
    await assert.rejects(work(mortalWorker(test, "first", "after call"), request.id), Crashed);
    test.passLease();
    await work(test.worker("second"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
  });
});
