import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { undoOf } from "../../src/operation/undo.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { cronJob, demoWorld } from "../lab/kubernetes/seed.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

const cluster = "demo";
const prod = namespace("prod");
const deployment = { kind: "Deployment", namespace: prod, name: name("api") } as const;
const cron = { kind: "CronJob", namespace: prod, name: name("nightly") } as const;
const api = `${collectionPath("Deployment", "prod")}/api`;

/** What is asked for, the object it is about, and what has to be there before. */
const changes: readonly (readonly [Operation, path: string, before?: (test: TestBench) => Promise<unknown>])[] = [
  [{ kind: "scale", cluster, target: deployment, replicas: 5 }, api],
  [
    { kind: "scale", cluster, target: { ...deployment, kind: "StatefulSet", name: name("orders-db") }, replicas: 1 },
    `${collectionPath("StatefulSet", "prod")}/orders-db`,
  ],
  [{ kind: "rollout-pause", cluster, target: deployment }, api],
  [
    { kind: "rollout-undo", cluster, target: deployment },
    api,
    ({ admin }) => admin.patch(api, { spec: { template: { metadata: { labels: { rev: "2" } } } } }),
  ],
  [
    { kind: "suspend-cronjob", cluster, target: cron },
    `${collectionPath("CronJob", "prod")}/nightly`,
    ({ admin }) => admin.create(collectionPath("CronJob", "prod"), cronJob("prod", "nightly")),
  ],
];

describe("the way back", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ seed: demoWorld });
  });
  afterEach(() => test.close());

  async function run(operation: Operation) {
    const request = await test.granted(operation);
    await work(test.worker("worker"), request.id);
    return inState(await test.now(request), "succeeded");
  }

  for (const [operation, path, before] of changes)
    it(`of ${operation.kind} ${"target" in operation ? operation.target.kind : ""} leaves the spec as it was`, async () => {
      await before?.(test);
      const specNow = async () => (await test.admin.get(path))["spec"];
      const first = await specNow();
      const done = await run(operation);
      assert.notDeepEqual(await specNow(), first);
      assert.ok("plan" in done && done.plan);
      const back = undoOf(done.plan);
      assert.ok(back);
      await run(back);
      assert.deepEqual(await specNow(), first);
    });
});
