import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { digestOf } from "../../src/operation/digest.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { noon } from "../fakes/clock.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { api, openBench, restart, scaleTo, type TestBench } from "./bench.ts";

describe("a plan", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  async function planOf(operation: Operation, now = noon) {
    const change = changeOf(operation);
    const plan = await actOf(change).plan(await test.cluster.session(reader, "r-1"), change, now, "r-1");
    assert.ok(!("unplannable" in plan), JSON.stringify(plan));
    return plan;
  }
  const whyNot = async (operation: Operation) => {
    const change = changeOf(operation);
    const plan = await actOf(change).plan(await test.cluster.session(reader, "r-1"), change, noon, "r-1");
    return "unplannable" in plan ? plan.unplannable : undefined;
  };
  const asker = { request: "r-1", requester: "alice", reason: "5xx" };
  const digest = async (operation: Operation) => digestOf(asker, await planOf(operation));
  const patch = (body: object, path = api) => test.admin.patch(path, body);
  const warnings = async (operation = restart) => (await planOf(operation)).live.warnings;
  const add = (kind: "HorizontalPodAutoscaler" | "PodDisruptionBudget", object: object) =>
    test.admin.create(collectionPath(kind, "prod"), object);

  it("of a restart names the object, the annotation from -> to, and what it does to the pods", async () => {
    const plan = await planOf(restart);
    const { metadata } = await test.admin.get(api);
    assert.deepEqual(plan.object, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: "prod",
      name: "api",
      uid: metadata.uid,
    });
    assert.deepEqual(plan.changes, [
      {
        field: 'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]',
        from: "never restarted",
        to: "the time of the grant",
      },
    ]);
    assert.deepEqual(plan.effects, ["All 3 pods are replaced, none of them missing at any time."]);
    assert.deepEqual(plan.facts, { replicas: 3, labels: { app: "api", team: "web" } });
    const { resourceVersion } = metadata;
    const { lastChange, ...live } = plan.live;
    const { generation } = metadata;
    assert.deepEqual(live, { readAt: noon, resourceVersion, generation, ready: 3, total: 3, warnings: [] });
    assert.match(lastChange ?? "", /^\d{4}-/);
  });

  it("of a restart says when it was last restarted", async () => {
    const at = "2026-11-24T11:00:00.000Z";
    await patch({ spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": at } } } } });
    assert.equal((await planOf(restart)).changes[0]?.from, at);
  });

  const missing: readonly (readonly [object, string])[] = [
    [{ strategy: { type: "Recreate", rollingUpdate: null } }, "at most 3 missing at once"],
    [{ strategy: { rollingUpdate: { maxUnavailable: 1 } } }, "at most 1 missing at once"],
    [{ strategy: { rollingUpdate: { maxUnavailable: 9 } } }, "at most 3 missing at once"],
    [{ strategy: { rollingUpdate: { maxUnavailable: "70%" } } }, "at most 2 missing at once"],
    [{ strategy: { rollingUpdate: { maxUnavailable: "30%" } } }, "none of them missing at any time"],
  ];
  for (const [spec, says] of missing)
    it(`of a restart with ${JSON.stringify(spec)} says: ${says}`, async () => {
      await patch({ spec });
      assert.deepEqual((await planOf(restart)).effects, [`All 3 pods are replaced, ${says}.`]);
    });

  it("of a restart of nothing says that nothing is replaced", async () => {
    await patch({ spec: { replicas: 0 } }, `${api}/scale`);
    assert.deepEqual((await planOf(restart)).effects, ["It has no pods: nothing will be replaced."]);
  });

  const scales: readonly (readonly [number, string, number])[] = [
    [5, "2 pods are added.", 5],
    [4, "1 pod is added.", 4],
    [2, "1 pod is removed.", 3],
    [1, "2 pods are removed.", 3],
    [0, "All 3 pods are removed: the workload stops serving.", 3],
  ];
  for (const [to, effect, touched] of scales)
    it(`of a scale from 3 to ${to} says: ${effect}`, async () => {
      const plan = await planOf(scaleTo(to));
      assert.deepEqual(plan.changes, [{ field: "spec.replicas", from: "3", to: String(to) }]);
      assert.deepEqual([plan.effects, plan.facts.replicas, plan.binding], [[effect], touched, { replicas: 3 }]);
    });

  it("is not made of what cannot be done, and says why", async () => {
    assert.equal(await whyNot(scaleTo(3)), "deploy/api has 3 replicas already.");
    await patch({ spec: { paused: true } });
    assert.match((await whyNot(restart)) ?? "", /^deploy\/api is paused/);
  });

  describe("warns", () => {
    it("of nothing where nothing is", async () => {
      assert.deepEqual(await warnings(), []);
    });

    it("of an autoscaler of this very workload", async () => {
      const scaler = (of: string) => ({
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: `${of}-scaler` },
        spec: {
          minReplicas: 2,
          maxReplicas: 8,
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: of },
        },
      });
      await add("HorizontalPodAutoscaler", scaler("checkout"));
      assert.deepEqual(await warnings(), []);
      await add("HorizontalPodAutoscaler", scaler("api"));
      assert.deepEqual(await warnings(scaleTo(9)), [
        "The autoscaler api-scaler keeps it at 2 to 8 replicas and will undo a scale outside of that.",
      ]);
    });

    it("of a disruption budget over its pods, with the room it has now", async () => {
      const budget = (of: string) => ({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: `${of}-budget` },
        spec: { minAvailable: 2, selector: { matchLabels: { app: of } } },
      });
      await add("PodDisruptionBudget", budget("checkout"));
      assert.deepEqual(await warnings(), []);
      await add("PodDisruptionBudget", budget("api"));
      assert.deepEqual(await warnings(), [
        "The disruption budget api-budget has room for 1 now; a rollout does not wait for it.",
      ]);
    });

    it("of what it may not look at: unknown is not none", async () => {
      test.double.faults.answer(403, /horizontalpodautoscalers|poddisruptionbudgets/, 2);
      assert.deepEqual(await warnings(), [
        "Unknown: whether an autoscaler controls the replicas; the reader may not list them.",
        "Unknown: whether a disruption budget covers it; the reader may not list them.",
      ]);
    });

    it("of GitOps, by label or annotation, each once", async () => {
      await patch({
        metadata: {
          labels: { "argocd.argoproj.io/instance": "web", "kustomize.toolkit.fluxcd.io/name": "web" },
          annotations: { "argocd.argoproj.io/tracking-id": "web" },
        },
      });
      assert.deepEqual(await warnings(), [
        "Argo CD manages this object and may revert the change.",
        "Flux manages this object and may revert the change.",
      ]);
    });

    it("of pods that are not ready", async () => {
      test.double.faults.stallPods(true);
      await patch({ spec: { replicas: 5 } }, `${api}/scale`);
      assert.deepEqual(await warnings(), ["Only 3 of 5 pods are ready now."]);
    });
  });

  describe("keeps its digest", () => {
    const changed = async (operation: Operation, change: () => Promise<unknown>) => {
      const before = await digest(operation);
      await change();
      return before !== (await digest(operation));
    };

    for (const operation of [restart, scaleTo(5)])
      it(`of a ${operation.kind} while only the status, the labels and the version move`, async () => {
        const { resourceVersion } = (await test.admin.get(api)).metadata;
        const churn = async () => {
          test.double.faults.stallPods(true);
          for (const { name: pod } of test.double.snapshot()[0]?.pods ?? [])
            await test.admin.remove(`/api/v1/namespaces/prod/pods/${pod}`, { gracePeriodSeconds: 0 });
          await patch({ metadata: { labels: { shift: "night" } } });
        };
        assert.equal(await changed(operation, churn), false);
        const { facts, live } = await planOf(operation);
        assert.equal(facts.labels["shift"], "night");
        assert.notEqual(live.resourceVersion, resourceVersion);
        assert.ok(live.ready < 3);
      });

    it("of a scale while the template changes, and of a restart while the number does", async () => {
      const image = { spec: { template: { metadata: { labels: { rev: "2" } } } } };
      assert.equal(await changed(scaleTo(5), () => patch(image)), false);
      assert.equal(await changed(restart, () => patch({ spec: { replicas: 4 } }, `${api}/scale`)), false);
    });

    it("not when the template changes under a restart, or the number under a scale", async () => {
      const image = { spec: { template: { metadata: { labels: { rev: "2" } } } } };
      assert.equal(await changed(restart, () => patch(image)), true);
      assert.equal(await changed(scaleTo(5), () => patch({ spec: { replicas: 4 } }, `${api}/scale`)), true);
    });

    it("not for another number, request, requester or reason", async () => {
      const plan = await planOf(scaleTo(5));
      const digests = [
        digestOf(asker, plan),
        digestOf(asker, await planOf(scaleTo(6))),
        ...[{ request: "r-2" }, { requester: "bob" }, { reason: "none" }].map((other) =>
          digestOf({ ...asker, ...other }, plan),
        ),
      ];
      assert.equal(new Set(digests).size, 5);
    });
  });
});
