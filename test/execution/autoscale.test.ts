import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import type { Autoscale } from "../../src/operation/catalogue/autoscalers.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { noon } from "../fakes/clock.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { autoscaler, demoWorld } from "../lab/kubernetes/seed.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

type Bounds = Pick<Autoscale, "min" | "max">;
const scalers = collectionPath("HorizontalPodAutoscaler", "prod");
const of = (kind: Autoscale["target"]["kind"], called: string, bounds: Bounds): Operation => ({
  kind: "autoscale",
  cluster: "demo",
  target: { kind, namespace: namespace("prod"), name: name(called) },
  ...bounds,
});
/** deploy/api has 3 replicas. */
const over = (bounds: Bounds) => of("Deployment", "api", bounds);

describe("moving the bounds of an autoscaler", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ seed: [...demoWorld, autoscaler("prod", "api", { minReplicas: 2, maxReplicas: 5 })] });
  });
  afterEach(() => test.close());

  async function planOf(operation: Operation) {
    const change = changeOf(operation);
    return actOf(change).plan(await test.cluster.session(reader, "r-1"), change, noon, "r-1");
  }
  async function planned(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok(!("unplannable" in plan), JSON.stringify(plan));
    return plan;
  }
  async function whyNot(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok("unplannable" in plan, JSON.stringify(plan));
    return plan.unplannable;
  }
  async function run(operation: Operation, meanwhile: () => Promise<unknown> = async () => undefined) {
    const request = await test.granted(operation);
    await meanwhile();
    await work(test.worker("first"), request.id);
    return test.now(request);
  }
  const boundsOf = async (called: string) => {
    const { minReplicas, maxReplicas } = (await test.admin.get(`${scalers}/${called}`))["spec"] as {
      minReplicas: number;
      maxReplicas: number;
    };
    return [minReplicas, maxReplicas];
  };
  const ours = () =>
    test.double.history
      .filter(
        ({ user, changed, resource }) =>
          changed && user.includes(":countersign-operations:") && resource === "horizontalpodautoscalers",
      )
      .map(({ user, verb }) => [user.split(":").at(-1), verb]);

  for (const [what, operation] of [
    ["the workload under it", over({ min: 3, max: 9 })],
    ["its own name", of("HorizontalPodAutoscaler", "api", { min: 3, max: 9 })],
  ] as const)
    it(`is done once, under its own account, on the one found by ${what}`, async () => {
      const done = inState(await run(operation), "succeeded");
      assert.deepEqual(await boundsOf("api"), [3, 9]);
      assert.deepEqual(ours(), [["countersign-autoscale", "patch"]]);
      assert.deepEqual([done.plan.object?.kind, done.plan.object?.name], ["HorizontalPodAutoscaler", "api"]);
    });

  it("moves one bound, and leaves the other", async () => {
    inState(await run(over({ max: 9 })), "succeeded");
    assert.deepEqual(await boundsOf("api"), [2, 9]);
  });

  it("shows the bounds from -> to, and what they mean for the pods there are", async () => {
    const plan = await planned(over({ min: 2, max: 9 }));
    assert.deepEqual(plan.changes, [{ field: "spec.maxReplicas", from: "5", to: "9" }]);
    const effects = async (bounds: Bounds) => (await planned(over(bounds))).effects;
    assert.deepEqual(plan.effects, [
      "It scales deploy/api, which has 3 replicas now: none is added or removed by this alone.",
    ]);
    assert.match((await effects({ min: 5 }))[0] ?? "", /now: 2 pods are added\.$/);
    assert.match((await effects({ min: 1, max: 2 }))[0] ?? "", /now: 1 pod is removed\.$/);
    await test.admin.patch(`${collectionPath("Deployment", "prod")}/api/scale`, { spec: { replicas: 0 } });
    assert.match((await effects({ min: 4 }))[0] ?? "", /leaves a workload of none alone\.$/);
  });

  it("lets the policy look at what is scaled, and at the most it may become", async () => {
    const { facts } = await planned(of("Deployment", "checkout", { max: 40 }));
    assert.deepEqual([facts.replicas, facts.labels["team"]], [40, "payments"]);
    assert.equal((await planned(of("Deployment", "checkout", { max: 5 }))).facts.replicas, 8);
  });

  it("makes no autoscaler where none stands", async () => {
    const none = "No autoscaler stands over sts/orders-db, and none is made from here.";
    assert.equal(await whyNot(of("StatefulSet", "orders-db", { max: 9 })), none);
    assert.equal(await whyNot(of("StatefulSet", "api", { max: 9 })), none.replace("orders-db", "api"));
  });

  it("is not guessed where several stand", async () => {
    const second = { ...autoscaler("prod", "api", { minReplicas: 1, maxReplicas: 2 }) };
    await test.admin.create(scalers, { ...second, metadata: { name: "api-too" } });
    assert.match(
      await whyNot(over({ max: 9 })),
      /^2 autoscalers stand over deploy\/api: say which, hpa\/api or hpa\/api-too/,
    );
  });

  for (const [what, bounds, why] of [
    ["where nothing would move", { min: 2, max: 5 }, /has these bounds already: 2 to 5/],
    ["to a least above the most there is", { min: 6 }, /the least would be 6, the most 5/],
    ["to a most below the least there is", { max: 1 }, /the least would be 2, the most 1/],
  ] as const)
    it(`is not planned ${what}`, async () => assert.match(await whyNot(over(bounds)), why));

  for (const [what, scaleTargetRef, why] of [
    [
      "is of another kind",
      { apiVersion: "x/v1", kind: "Rollout", name: "api" },
      /scales a Rollout, and Countersign knows/,
    ],
    [
      "is not there",
      { apiVersion: "apps/v1", kind: "Deployment", name: "gone" },
      /scales deploy\/gone, which is not there/,
    ],
  ] as const)
    it(`is not planned where what it scales ${what}`, async () => {
      await test.admin.patch(`${scalers}/api`, { spec: { scaleTargetRef } });
      assert.match(await whyNot(of("HorizontalPodAutoscaler", "api", { max: 9 })), why);
    });

  for (const [what, spec] of [
    ["its bounds", { maxReplicas: 7 }],
    ["what it scales", { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "checkout" } }],
  ] as const)
    it(`does nothing once somebody changed ${what}`, async () => {
      const operation = of("HorizontalPodAutoscaler", "api", { max: 9 });
      inState(await run(operation, () => test.admin.patch(`${scalers}/api`, { spec })), "conflict");
      assert.deepEqual(ours(), []);
    });

  it("keeps its approval while the autoscaler only goes on with its work", async () => {
    const status = { desiredReplicas: 4, currentReplicas: 4 };
    inState(
      await run(over({ max: 9 }), () =>
        test.admin.patch(`${scalers}/api`, { metadata: { labels: { a: "b" } }, status }),
      ),
      "succeeded",
    );
    assert.deepEqual(await boundsOf("api"), [2, 9]);
  });
});
