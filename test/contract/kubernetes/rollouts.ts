import assert from "node:assert/strict";
import {
  controllerOf,
  type Deployment,
  isReady,
  type Pod,
  type ReplicaSet,
  revisionAnnotation,
} from "../../lab/kubernetes/controllers/workload.ts";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, eventually } from "./bench.ts";

export function describeRollouts(bench: Bench): void {
  describe("rollouts", () => {
    const at = (name: string) => bench.at("Deployment", name);
    const read = async (name: string) => (await bench.admin.get(at(name))) as Deployment;
    const labelled = (kind: string, name: string) => bench.admin.list(bench.at(kind), { labelSelector: `app=${name}` });
    const setsOf = async (name: string) => (await labelled("ReplicaSet", name)) as readonly ReplicaSet[];
    const podsOf = async (name: string) => (await labelled("Pod", name)) as readonly Pod[];
    const condition = ({ status }: Deployment, type: string) => status.conditions?.find((one) => one.type === type);
    const restartedAt = (value: string) => ({
      spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": value } } } },
    });

    /** The rule of `kubectl rollout status`. */
    function isDone({ metadata, spec, status }: Deployment): boolean {
      const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      const counts = [replicas, updatedReplicas, availableReplicas];
      return observedGeneration >= (metadata.generation ?? 0) && counts.every((count) => count === spec.replicas);
    }
    const done = (name: string) => eventually(() => read(name), isDone);
    async function rolled(name: string, replicas: number): Promise<Deployment> {
      await bench.make(deployment(bench.namespace, name, replicas));
      return done(name);
    }

    /**
     * The most pods that the ReplicaSets of a Deployment ever wanted together. How many there are is told by each of
     * them for itself and late, so that the sum of what they tell may be more than there ever were.
     */
    function mostWanted(name: string, before: readonly ReplicaSet[], resourceVersion: string, stop: AbortSignal) {
      const enough = new AbortController();
      const until = AbortSignal.any([stop, enough.signal]);
      const query = { resourceVersion, labelSelector: `app=${name}` };
      const watching = (async () => {
        const sizes = new Map(before.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
        const sum = () => [...sizes.values()].reduce((all, one) => all + one, 0);
        let most = sum();
        for await (const { object } of bench.admin.watch(bench.at("ReplicaSet"), query, until)) {
          const { metadata, spec } = object as ReplicaSet;
          sizes.set(metadata.name, spec.replicas);
          most = Math.max(most, sum());
        }
        return most;
      })();
      return {
        async untilNow(): Promise<number> {
          enough.abort();
          return watching;
        },
      };
    }

    it("make a ReplicaSet and pods that become ready, each owned by what made it", async () => {
      const object = await rolled("born", 2);
      assert.equal(object.metadata.annotations?.[revisionAnnotation], "1");
      assert.deepEqual(
        [condition(object, "Available")?.status, condition(object, "Progressing")?.reason],
        ["True", "NewReplicaSetAvailable"],
      );
      assert.equal(object.status.readyReplicas, 2);
      const [set, ...none] = await setsOf("born");
      assert.ok(set && none.length === 0);
      const { uid, name, labels, annotations } = set.metadata;
      assert.deepEqual(controllerOf(set), {
        apiVersion: "apps/v1",
        kind: "Deployment",
        name: "born",
        uid: object.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      });
      const hash = labels?.["pod-template-hash"];
      assert.deepEqual([name, annotations?.[revisionAnnotation]], [`born-${hash}`, "1"]);
      const pods = await podsOf("born");
      assert.equal(pods.length, 2);
      for (const pod of pods) {
        assert.equal(controllerOf(pod)?.uid, uid);
        assert.equal(pod.metadata.labels?.["pod-template-hash"], hash);
        assert.ok(pod.metadata.name.startsWith(`${name}-`));
        assert.ok(isReady(pod) && pod.status.phase === "Running");
      }
    });

    it("replace every pod after a restart, never with more missing than allowed", async () => {
      const before = await rolled("restarted", 4);
      const old = (await podsOf("restarted")).map(({ metadata }) => metadata.uid);
      const sets = await setsOf("restarted");
      const restart = restartedAt("2026-11-24T14:05:00Z");
      const patched = (await bench.admin.patch(at("restarted"), restart)) as Deployment;
      assert.equal(patched.metadata.generation, (before.metadata.generation ?? 0) + 1);
      assert.ok((patched.status.observedGeneration ?? 0) < (patched.metadata.generation ?? 0));

      const stop = AbortSignal.timeout(20_000);
      const { resourceVersion } = patched.metadata;
      const query = { resourceVersion, fieldSelector: "metadata.name=restarted" };
      const wanted = mostWanted("restarted", sets, resourceVersion, stop);
      const seen: Deployment[] = [];
      for await (const { object } of bench.admin.watch(bench.at("Deployment"), query, stop)) {
        seen.push(object as Deployment);
        if (isDone(object as Deployment)) break;
      }
      const after = seen.at(-1);
      assert.ok(after && isDone(after), "the watch ended before the rollout");
      assert.ok(seen.every(({ status }) => (status.availableReplicas ?? 0) >= 3));
      assert.equal(await wanted.untilNow(), 5);
      assert.ok(seen.some(({ status }) => (status.updatedReplicas ?? 0) < 4));
      assert.equal(after.metadata.annotations?.[revisionAnnotation], "2");
      assert.equal(condition(after, "Progressing")?.reason, "NewReplicaSetAvailable");
      const pods = await eventually(
        () => podsOf("restarted"),
        (list) => list.length === 4,
      );
      assert.deepEqual(
        pods.filter(({ metadata }) => old.includes(metadata.uid)),
        [],
      );
      const sizes = (await setsOf("restarted")).map(({ metadata, spec }) => [
        metadata.annotations?.[revisionAnnotation],
        spec.replicas,
      ]);
      assert.deepEqual(sizes.sort(), [
        ["1", 0],
        ["2", 4],
      ]);
    });

    it("go back to the old ReplicaSet when the template is as before", async () => {
      await rolled("undone", 1);
      const [first] = await setsOf("undone");
      await bench.admin.patch(at("undone"), restartedAt("2026-11-24T14:05:00Z"));
      await done("undone");
      await bench.admin.patch(at("undone"), { spec: { template: { metadata: { annotations: null } } } });
      const object = await done("undone");
      assert.equal(object.metadata.annotations?.[revisionAnnotation], "3");
      const sets = await setsOf("undone");
      assert.equal(sets.length, 2);
      const active = sets.find(({ spec }) => spec.replicas === 1);
      assert.deepEqual(
        [active?.metadata.uid, active?.metadata.annotations?.[revisionAnnotation]],
        [first?.metadata.uid, "3"],
      );
    });

    it("follow the scale up, down and to none, without a new revision", async () => {
      await rolled("sized", 1);
      for (const replicas of [3, 2, 0]) {
        await bench.admin.patch(bench.at("Deployment", "sized", "scale"), { spec: { replicas } });
        const object = await done("sized");
        assert.deepEqual(
          [object.status.readyReplicas ?? 0, object.metadata.annotations?.[revisionAnnotation]],
          [replicas, "1"],
        );
        await eventually(
          () => podsOf("sized"),
          (pods) => pods.length === replicas,
        );
      }
    });

    it("say that they are stuck once their deadline is over, and keep the old pods serving", async () => {
      await rolled("stuck", 2);
      const containers = [{ name: "stuck", image: "registry.example/stuck:missing" }];
      const patch = { spec: { progressDeadlineSeconds: 1, template: { spec: { containers } } } };
      await bench.admin.patch(at("stuck"), patch);
      const object = await eventually(
        () => read("stuck"),
        (one) => condition(one, "Progressing")?.status === "False",
      );
      const progressing = condition(object, "Progressing");
      assert.equal(progressing?.reason, "ProgressDeadlineExceeded");
      assert.match(progressing?.message ?? "", /^ReplicaSet "stuck-\w+" has timed out progressing\.$/);
      assert.equal(object.status.availableReplicas, 2);
      assert.ok(!isDone(object));
    });

    it("wait while the Deployment is paused", async () => {
      await rolled("paused", 1);
      const paused = (await bench.admin.patch(at("paused"), {
        spec: { ...restartedAt("2026-11-24T14:05:00Z").spec, paused: true },
      })) as Deployment;
      await eventually(
        () => read("paused"),
        ({ status }) => status.observedGeneration === paused.metadata.generation,
      );
      assert.equal((await setsOf("paused")).length, 1);
      await bench.admin.patch(at("paused"), { spec: { paused: false } });
      assert.equal((await done("paused")).metadata.annotations?.[revisionAnnotation], "2");
    });

    it("replace a pod that is deleted", async () => {
      await rolled("healed", 1);
      const [pod] = await podsOf("healed");
      await bench.admin.remove(bench.at("Pod", pod?.metadata.name));
      const isHealed = (pods: readonly Pod[]) =>
        pods.length === 1 && pods.every((one) => one.metadata.uid !== pod?.metadata.uid && isReady(one));
      await eventually(() => podsOf("healed"), isHealed);
    });

    it("end with the Deployment: its ReplicaSets and pods go too", async () => {
      await rolled("ended", 2);
      await bench.admin.remove(at("ended"));
      const left = async (): Promise<readonly KubeObject[]> => [...(await setsOf("ended")), ...(await podsOf("ended"))];
      await eventually(left, (objects) => objects.length === 0);
    });

    it("are counted by a disruption budget", async () => {
      await rolled("budgeted", 3);
      await bench.make({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "budgeted" },
        spec: { minAvailable: 2, selector: { matchLabels: { app: "budgeted" } } },
      });
      const { status } = await eventually(
        () => bench.admin.get(bench.at("PodDisruptionBudget", "budgeted")),
        (budget) => (budget["status"] as Record<string, number>)["expectedPods"] === 3,
      );
      const { disruptionsAllowed, currentHealthy, desiredHealthy } = status as Record<string, number>;
      assert.deepEqual([disruptionsAllowed, currentHealthy, desiredHealthy], [1, 3, 2]);
    });
  });
}
