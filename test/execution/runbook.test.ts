import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import { spoken } from "../../src/operation/catalogue.ts";
import type { Change, RunRunbook } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { labPolicy } from "../fakes/policy.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench, tickets } from "./bench.ts";
import { moments, mortalWorker } from "./watched.ts";

const target = (app: string) => ({ kind: "Deployment", namespace: namespace("prod"), name: name(app) }) as const;
const scale = (app: string, replicas: number) =>
  ({ kind: "scale", cluster: "demo", target: target(app), replicas }) as const;
const restart = (app: string) => ({ kind: "rollout-restart", cluster: "demo", target: target(app) }) as const;
const steps = [scale("api", 5), restart("checkout"), restart("api")] as const;

describe("a runbook", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
    offer(steps);
  });
  afterEach(() => test.close());

  /** Puts a runbook of these steps into both copies of the policy. */
  function offer(these: readonly Change[]) {
    const lines = these.map((step) => spoken(step).replace(/ -c demo$/, ""));
    const runbooks = [{ name: "recycle", summary: "for tests", parameters: {}, steps: lines }];
    test.policy.replace({ ...labPolicy, runbooks });
    test.desk.policy.replace({ ...labPolicy, runbooks });
  }
  const runbook = (these: RunRunbook["steps"] = steps): RunRunbook => ({
    ...{ kind: "runbook", cluster: "demo", name: "recycle" },
    ...{ parameters: {}, steps: these },
  });
  const effects = () =>
    test.effects().map(({ name, subresource, user }) => [name, subresource, user.split(":").at(-1)]);
  const all = [
    ["api", "scale", "countersign-scale"],
    ["checkout", "", "countersign-rollout-restart"],
    ["api", "", "countersign-rollout-restart"],
  ];

  it("runs each step once, in its order, under the account of its own operation", async () => {
    const request = await test.granted(runbook());
    await work(test.worker("first"), request.id);
    const { outcome } = inState(await test.now(request), "succeeded");
    assert.equal(outcome.says, "done: all 3 steps");
    assert.deepEqual(effects(), all);
    assert.equal(new Set(outcome.apiAuditIds).size, 3);
    assert.equal(new Set(outcome.credential?.split(", ")).size, 3);
    const names = (await test.admin.list(tickets)).map(({ metadata }) => metadata.name).sort();
    assert.deepEqual(
      names,
      [1, 2, 3].map((step) => `${request.id}-${step}`),
    );
  });

  it("shows every step in its plan, and holds each by what it is bound to", async () => {
    const { id } = await test.desk.asks(alice, runbook());
    await work(test.worker("planner"), id);
    const request = await test.now({ id });
    assert.ok("plan" in request && request.plan);
    const { changes, effects: says, also, facts, steps: plans } = request.plan;
    assert.deepEqual(
      changes.map(({ field }) => field.split(", ")[0]),
      ["1. Deployment prod/api", "2. Deployment prod/checkout", "3. Deployment prod/api"],
    );
    assert.ok([1, 2, 3].every((step) => says.some((one) => one.startsWith(`Step ${step}: `))));
    assert.deepEqual(
      also?.map((object) => object.name),
      ["checkout"],
    );
    assert.equal(facts.steps?.length, 3);
    assert.equal(plans?.length, 3);
  });

  it("says which step cannot be planned", async () => {
    const other = [scale("api", 5), restart("nothing")];
    offer(other);
    const { id } = await test.desk.asks(alice, runbook(other));
    await work(test.worker("planner"), id);
    assert.match(JSON.stringify(await test.now({ id })), /Step 2: There is no deploy\/nothing in the namespace prod/);
  });

  it("runs nothing when the object of a later step is another than was approved", async () => {
    const request = await test.granted(runbook());
    await test.admin.patch("/apis/apps/v1/namespaces/prod/deployments/checkout", {
      spec: { template: { metadata: { labels: { rev: "2" } } } },
    });
    await work(test.worker("first"), request.id);
    assert.match(inState(await test.now(request), "conflict").ended.why, /^step 2: /);
    assert.deepEqual(effects(), []);
    assert.deepEqual(await test.admin.list(tickets), []);
  });

  it("runs nothing when the worker's policy has other steps under that name", async () => {
    const request = await test.granted(runbook());
    const runbooks = [{ name: "recycle", summary: "for tests", parameters: {}, steps: [spoken(restart("api"))] }];
    test.policy.replace({ ...labPolicy, runbooks });
    await work(test.worker("first"), request.id);
    assert.match(inState(await test.now(request), "denied").ended.why, /no runbook recycle of these steps/);
    assert.deepEqual(effects(), []);
  });

  it("stops at the step that fails, and says which were done and which not begun", async () => {
    const request = await test.granted(runbook());
    test.double.faults.answer(403, /\/deployments\/checkout\?(?!.*dryRun).*fieldManager/);
    await work(test.worker("first"), request.id);
    const failed = inState(await test.now(request), "failed");
    const says = "outcome" in failed ? failed.outcome.says : "";
    assert.match(
      says,
      /^Step 2 of 3 \(rollout restart deploy\/checkout -n prod -c demo\) failed: The cluster refused it/,
    );
    assert.match(says, /Step 1 was done\. The last one was not begun\.$/);
    assert.deepEqual(effects(), all.slice(0, 1));
  });

  for (const dies of moments)
    it(`is ended by the next worker when the first is gone ${dies}, and no step is run twice`, async () => {
      const request = await test.granted(runbook());
      await work(mortalWorker(test, "first", dies), request.id).catch(() => undefined);
      test.passLease();
      await work(test.worker("second"), request.id);
      inState(await test.now(request), "succeeded");
      assert.deepEqual(effects(), all);
    });

  it("is ended all the same when worker after worker is gone in the midst of it", async () => {
    const request = await test.granted(runbook());
    for (const dies of [
      "before ticket",
      "after ticket",
      "after call",
      "before progress",
      "after close",
      "after intent",
    ] as const) {
      await work(mortalWorker(test, `dies ${dies}`, dies), request.id).catch(() => undefined);
      test.passLease();
    }
    await work(test.worker("last"), request.id);
    inState(await test.now(request), "succeeded");
    assert.deepEqual(effects(), all);
  });

  it("is not gone on with once the grant has run out: what was not begun stays undone", async () => {
    const request = await test.granted(runbook());
    await work(mortalWorker(test, "first", "after call"), request.id).catch(() => undefined);
    assert.equal(effects().length, 1);
    test.desk.clock.pass(24 * 3_600_000);
    await work(test.worker("second"), request.id);
    const failed = inState(await test.now(request), "failed");
    const says = "outcome" in failed ? failed.outcome.says : "";
    assert.match(says, /^Step 2 of 3 .* failed: It was not begun, and nothing of it was done: the grant ran out\./);
    assert.deepEqual(effects(), all.slice(0, 1));
  });

  it("is not run anew when a thief of Redis sets its record back to granted", async () => {
    const request = await test.granted(runbook());
    await work(test.worker("first"), request.id);
    const { version = 0 } = (await test.desk.store.read(request.id)) ?? {};
    const event = { kind: "request.expired", request: request.id, was: "succeeded" } as const;
    const kept = await test.desk.store.keep({ operationId: "forged", next: request, expect: version, event });
    assert.ok("kept" in kept);
    await work(test.worker("second"), request.id);
    assert.deepEqual(effects(), all);
  });

  it("is not begun with a step more than was approved, whoever wrote it into the record", async () => {
    const request = await test.granted(runbook());
    const { version = 0 } = (await test.desk.store.read(request.id)) ?? {};
    const [first] = request.plan.steps ?? [];
    assert.ok(first);
    const forged = {
      ...request,
      operation: runbook([...steps, scale("api", 9)]),
      plan: { ...request.plan, steps: [...(request.plan.steps ?? []), first] },
    };
    const event = { kind: "request.expired", request: request.id, was: "granted" } as const;
    await test.desk.store.keep({ operationId: "forged", next: forged, expect: version, event });
    await work(test.worker("first"), request.id);
    assert.match(inState(await test.now(request), "denied").ended.why, /not the one that was approved/);
    assert.deepEqual(effects(), []);
  });

  it("locks every object that one of its steps is about", async () => {
    const request = await test.granted(runbook());
    assert.deepEqual(
      [request.plan.object?.name, ...(request.plan.also ?? []).map((one) => one.name)],
      ["api", "checkout"],
    );
  });
});
