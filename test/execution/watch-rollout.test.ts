import assert from "node:assert/strict";
import type { ChangePlan } from "../../src/execution/act.ts";
import { followRollout, type RolloutCount } from "../../src/execution/objects/watch-rollout.ts";
import type { Json } from "../../src/operation/plan.ts";
import { ClusterFault, type KubeObject } from "../../src/ports/cluster.ts";
import { plan } from "../request/samples.ts";
import { deploymentObject as deployment, fakeSession } from "./fake-session.ts";

const changePlan: ChangePlan = {
  ...plan,
  object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "prod", name: "api", uid: "uid-1" },
};
const half = deployment({ status: { updatedReplicas: 1, availableReplicas: 2 } });
const done = deployment({});

describe("followRollout", () => {
  const watched = (from: KubeObject, ...later: readonly (KubeObject | ClusterFault | "end")[]) =>
    watchedAs(changePlan, from, ...later);
  async function watchedAs(
    planned: ChangePlan,
    from: KubeObject,
    ...later: readonly (KubeObject | ClusterFault | "end")[]
  ) {
    const ending = new AbortController();
    const seen: RolloutCount[] = [];
    const inWords = (count: RolloutCount) => JSON.stringify(count);
    const begun: string[] = [];
    const session = fakeSession({
      async *watch({ name }, resourceVersion) {
        begun.push(`${name} ${resourceVersion}`);
        for (const one of later) {
          if (one === "end") return ending.abort();
          if (one instanceof ClusterFault) throw one;
          yield one;
        }
        assert.fail("it was watched on and on");
      },
    });
    const tell = async (says: string) => void seen.push(JSON.parse(says));
    const end = await followRollout(
      { session, plan: planned, maySend: true, from, tell, signal: ending.signal },
      inWords,
    );
    return { end, seen, begun };
  }

  it("is done at once where all is new and available, and watches nothing", async () => {
    const { end, begun, seen } = await watched(done);
    assert.deepEqual([end, begun], [{ well: true, says: "done, and rolled out" }, []]);
    assert.deepEqual(seen, [{ updated: 3, available: 3, wanted: 3 }]);
  });

  it("watches from the version it was given, until it is done", async () => {
    const { end, begun } = await watched(half, half, done);
    assert.deepEqual([end, begun], [{ well: true, says: "done, and rolled out" }, ["api 41"]]);
  });

  const notYet: readonly (readonly [string, Readonly<Record<string, Json>>])[] = [
    ["the controller has not seen the change", { observedGeneration: 1 }],
    ["a pod is not updated", { updatedReplicas: 2 }],
    ["an old pod is left", { replicas: 4 }],
    ["a pod is not available", { availableReplicas: 2 }],
  ];
  for (const [why, status] of notYet)
    it(`is not done while ${why}`, async () => {
      const { end } = await watched(deployment({ status }), "end");
      assert.equal(end.well, false);
    });

  it("is done with none where none is wanted", async () => {
    const none = { replicas: 0, updatedReplicas: 0, availableReplicas: 0 };
    assert.deepEqual((await watched(deployment({ spec: { replicas: 0 }, status: none }))).end, {
      well: true,
      says: "done, and rolled out",
    });
  });

  it("tells each step that differs, once, and counts nothing as updated before the controller looked", async () => {
    const unseen = deployment({ status: { observedGeneration: 1 } });
    const { seen } = await watched(unseen, unseen, half, half, done);
    assert.deepEqual(seen, [
      { updated: 0, available: 3, wanted: 3 },
      { updated: 1, available: 2, wanted: 3 },
      { updated: 3, available: 3, wanted: 3 },
    ]);
  });

  describe("of a StatefulSet", () => {
    const ofSet: ChangePlan = { ...changePlan, object: { ...changePlan.object, kind: "StatefulSet" } };
    const partition = (at: number, updatedReplicas: number, first = 0) =>
      deployment({
        spec: { updateStrategy: { rollingUpdate: { partition: at } }, ordinals: { start: first } },
        status: { updatedReplicas },
      });

    it("needs no more pods updated than its partition lets be", async () => {
      assert.equal((await watchedAs(ofSet, partition(1, 1), "end")).end.well, false);
      const { end, seen } = await watchedAs(ofSet, partition(1, 2));
      assert.deepEqual(seen, [{ updated: 2, available: 3, wanted: 2 }]);
      assert.ok(end.well && /its partition holds back the first 1$/.test(end.says));
    });

    it("counts the partition from its first ordinal", async () => {
      assert.equal((await watchedAs(ofSet, partition(5, 2, 5), "end")).end.well, false);
      assert.equal((await watchedAs(ofSet, partition(6, 2, 5))).end.well, true);
    });
  });

  describe("of a DaemonSet", () => {
    const ofSet: ChangePlan = { ...changePlan, object: { ...changePlan.object, kind: "DaemonSet" } };
    const on = (updatedNumberScheduled: number, numberAvailable: number) =>
      deployment({
        status: { desiredNumberScheduled: 4, currentNumberScheduled: 4, updatedNumberScheduled, numberAvailable },
      });

    it("is done with a new and available pod on every node it belongs on", async () => {
      const { end, seen } = await watchedAs(ofSet, on(3, 4), on(4, 3), on(4, 4));
      assert.deepEqual(end, { well: true, says: "done, and rolled out" });
      assert.deepEqual(
        seen.map(({ updated, available, wanted }) => [updated, available, wanted]),
        [
          [3, 4, 4],
          [4, 3, 4],
          [4, 4, 4],
        ],
      );
    });
  });

  describe("that is stuck", () => {
    const says = (message: string, observedGeneration = 2) =>
      deployment({
        status: {
          observedGeneration,
          updatedReplicas: 1,
          conditions: [
            { type: "Available", reason: "ProgressDeadlineExceeded", message: "another condition" },
            { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message },
          ],
        },
      });

    it("says so in the controller's words, cut to what a card can hold", async () => {
      const { end } = await watched(half, says(`timed out ${"x".repeat(500)}`));
      assert.ok(!end.well);
      assert.match(end.why, /^it is stuck: timed out x+$/);
      assert.equal(end.why.length, "it is stuck: ".length + 200);
    });

    it("is not taken from what the controller said of the change before", async () => {
      assert.deepEqual((await watched(says("of old", 1), done)).end, { well: true, says: "done, and rolled out" });
    });
  });

  const otherwise: readonly (readonly [string, KubeObject | ClusterFault | "end", string])[] = [
    [
      "another object of that name",
      deployment({ metadata: { uid: "uid-2" } }),
      "the object was deleted, and another of the same name made",
    ],
    ["its deletion", new ClusterFault("not-found", "gone"), "the object was deleted meanwhile"],
    ["the end of the time", "end", "it had not finished when the time to watch it was over"],
  ];
  for (const [what, event, why] of otherwise)
    it(`ends with ${what}`, async () => {
      assert.deepEqual((await watched(half, event)).end, { well: false, why });
    });

  it("does not watch an object that is another from the start", async () => {
    const { end, seen, begun } = await watched(deployment({ metadata: { uid: "uid-2" } }));
    assert.deepEqual([end.well, seen, begun], [false, [], []]);
  });

  it("lets any other fault through: that says nothing of the rollout", async () => {
    await assert.rejects(watched(half, new ClusterFault("forbidden", "no")), /forbidden/);
  });

  it("stops when what it tells cannot be kept", async () => {
    const session = fakeSession({});
    const tell = () => Promise.reject(new Error("lease lost"));
    const { signal } = new AbortController();
    await assert.rejects(
      followRollout({ session, plan: changePlan, maySend: true, from: half, tell, signal }, () => "half of it"),
      /lease lost/,
    );
  });
});
