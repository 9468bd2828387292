import assert from "node:assert/strict";
import {
  type ControllerRevision,
  controllerOf,
  type DaemonSet,
  isReady,
  type Pod,
  type StatefulSet,
} from "../../lab/kubernetes/controllers/workload.ts";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { daemonSet, statefulSet } from "../../lab/kubernetes/seed.ts";
import { type Bench, eventually, refused } from "./bench.ts";

const restart = {
  spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-24T14:05:00Z" } } } },
};
const undo = { spec: { template: { metadata: { annotations: null } } } };
/** As this product undoes: the whole template of an earlier revision, if the object is still what was read. */
const undoTo = ({ metadata: { uid, resourceVersion } }: KubeObject, { data }: ControllerRevision) => ({
  metadata: { uid, resourceVersion },
  spec: { template: { ...data.spec.template, $patch: "replace" } },
});
const hashLabel = "controller-revision-hash";

export function describeWorkloads(bench: Bench): void {
  const podsOf = async (app: string) =>
    (await bench.admin.list(bench.at("Pod"), { labelSelector: `app=${app}` })) as readonly Pod[];
  const revisionsOf = async (app: string) =>
    (await bench.admin.list(bench.at("ControllerRevision"), {
      labelSelector: `app=${app}`,
    })) as unknown as readonly ControllerRevision[];

  describe("StatefulSets", () => {
    const at = (name: string) => bench.at("StatefulSet", name);
    const read = async (name: string) => (await bench.admin.get(at(name))) as StatefulSet;
    /** The rule of `kubectl rollout status`. */
    const isDone = ({ metadata, spec, status }: StatefulSet) =>
      (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
      [status.replicas, status.readyReplicas ?? 0, status.updatedReplicas ?? 0].every((n) => n === spec.replicas) &&
      status.currentRevision === status.updateRevision;
    const done = (name: string) => eventually(() => read(name), isDone);
    async function rolled(name: string, replicas: number): Promise<StatefulSet> {
      await bench.make(statefulSet(bench.namespace, name, replicas));
      return done(name);
    }

    it("make pods one after the other, under names that last", async () => {
      const set = await rolled("ordered", 2);
      const pods = await podsOf("ordered");
      assert.deepEqual(pods.map(({ metadata }) => metadata.name).sort(), ["ordered-0", "ordered-1"]);
      const born = pods.map(({ metadata }) => Number(metadata.resourceVersion));
      assert.ok(born.length === 2 && pods.every(isReady));
      for (const pod of pods) {
        assert.equal(controllerOf(pod)?.uid, set.metadata.uid);
        assert.equal(pod.metadata.labels?.["statefulset.kubernetes.io/pod-name"], pod.metadata.name);
        assert.equal(pod.metadata.labels?.[hashLabel], set.status.updateRevision);
      }
      assert.equal(set.status.availableReplicas, 2);
    });

    it("keep each template as a ControllerRevision, and bring an old one forward again", async () => {
      const set = await rolled("revised", 1);
      const [first, ...none] = await revisionsOf("revised");
      assert.ok(first && none.length === 0);
      assert.deepEqual([first.metadata.name, first.revision], [set.status.updateRevision, 1]);
      assert.equal(controllerOf(first)?.uid, set.metadata.uid);
      const template = first.data.spec.template;
      assert.deepEqual(template["$patch"], "replace");
      assert.deepEqual(
        (template["spec"] as { containers: { image: string }[] }).containers.map(({ image }) => image),
        ["registry.example/revised:1.0.0"],
      );
      await bench.admin.patch(at("revised"), restart);
      const restarted = await done("revised");
      assert.notEqual(restarted.status.updateRevision, first.metadata.name);
      await bench.admin.patch(at("revised"), undo);
      assert.equal((await done("revised")).status.updateRevision, first.metadata.name);
      const numbers = (await revisionsOf("revised")).map(({ metadata, revision }) => [metadata.name, revision]);
      assert.deepEqual(
        numbers.sort(([, a], [, b]) => Number(a) - Number(b)),
        [
          [restarted.status.updateRevision, 2],
          [first.metadata.name, 3],
        ],
      );
    });

    it("take the template of an earlier revision whole, once, for the version that was read", async () => {
      await rolled("undone", 1);
      const [first] = await revisionsOf("undone");
      assert.ok(first);
      const containers = [{ name: "undone", image: "registry.example/undone:2", env: [{ name: "A", value: "1" }] }];
      await bench.patch(at("undone"), { spec: { template: { spec: { containers } } } }, {}, "strategic");
      const patch = undoTo(await done("undone"), first);
      const query = { fieldManager: "countersign-r", fieldValidation: "Strict" };
      const { status, body } = await bench.patch(at("undone"), patch, query, "strategic");
      assert.equal(status, 200, body.message);
      refused(await bench.patch(at("undone"), patch, query, "strategic"), 409, "Conflict");
      const set = await done("undone");
      assert.equal(set.status.updateRevision, first.metadata.name);
      const [container] = set.spec.template.spec["containers"] as readonly Record<string, unknown>[];
      assert.deepEqual([container?.["image"], container?.["env"]], ["registry.example/undone:1.0.0", undefined]);
    });

    it("replace pods from the last to the first after a restart, one at a time", async () => {
      const before = await rolled("rolling", 2);
      const old = (await podsOf("rolling")).map(({ metadata }) => metadata.uid);
      const patched = (await bench.admin.patch(at("rolling"), restart)) as StatefulSet;
      assert.equal(patched.metadata.generation, (before.metadata.generation ?? 0) + 1);
      const stop = AbortSignal.timeout(20_000);
      const query = { resourceVersion: patched.metadata.resourceVersion, labelSelector: "app=rolling" };
      const ended: string[] = [];
      const watching = (async () => {
        for await (const { type, object } of bench.admin.watch(bench.at("Pod"), query, stop)) {
          if (type === "DELETED") ended.push(object.metadata.name);
          if (ended.length === 2) return;
        }
      })();
      const sizes = { resourceVersion: query.resourceVersion, fieldSelector: "metadata.name=rolling" };
      const seen: StatefulSet[] = [];
      for await (const { object } of bench.admin.watch(bench.at("StatefulSet"), sizes, stop)) {
        seen.push(object as StatefulSet);
        if (isDone(object as StatefulSet)) break;
      }
      await watching;
      assert.deepEqual(ended, ["rolling-1", "rolling-0"]);
      assert.ok(seen.every(({ status }) => (status.readyReplicas ?? 0) >= 1));
      assert.ok(seen.some(({ status }) => status.currentRevision !== status.updateRevision));
      assert.deepEqual(
        (await podsOf("rolling")).filter(({ metadata }) => old.includes(metadata.uid)),
        [],
      );
    });

    it("have a scale of their own, and shrink from the last", async () => {
      await rolled("sizing", 2);
      const scale = bench.at("StatefulSet", "sizing", "scale");
      const { kind, spec, status } = await bench.admin.get(scale);
      assert.deepEqual([kind, spec, status], ["Scale", { replicas: 2 }, { replicas: 2, selector: "app=sizing" }]);
      const { uid } = (await read("sizing")).metadata;
      refused(
        await bench.patch(scale, { metadata: { uid: "other" }, spec: { replicas: 9 } }),
        409,
        "Conflict",
        `Operation cannot be fulfilled on statefulsets/scale.apps "sizing": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
      );
      assert.equal((await bench.patch(scale, { metadata: { uid }, spec: { replicas: 1 } })).status, 200);
      await done("sizing");
      const left = await eventually(
        () => podsOf("sizing"),
        (pods) => pods.length === 1,
      );
      assert.deepEqual(
        left.map(({ metadata }) => metadata.name),
        ["sizing-0"],
      );
    });

    it("replace pods only from the partition on, and none unless they are to", async () => {
      await rolled("parted", 2);
      const old = await podsOf("parted");
      const rolling = (partition: number) => ({
        spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } } },
      });
      await bench.admin.patch(at("parted"), rolling(1));
      await bench.admin.patch(at("parted"), restart);
      await eventually(
        () => read("parted"),
        ({ status }) => status.updatedReplicas === 1 && status.readyReplicas === 2 && status.currentReplicas === 1,
      );
      const uidOf = (pods: readonly Pod[], name: string) =>
        pods.find((pod) => pod.metadata.name === name)?.metadata.uid;
      const now = await podsOf("parted");
      assert.equal(uidOf(now, "parted-0"), uidOf(old, "parted-0"));
      assert.notEqual(uidOf(now, "parted-1"), uidOf(old, "parted-1"));
      await bench.admin.patch(at("parted"), { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } });
      await eventually(
        () => read("parted"),
        ({ metadata, status }) => status.observedGeneration === metadata.generation,
      );
      assert.equal(uidOf(await podsOf("parted"), "parted-0"), uidOf(old, "parted-0"));
      await bench.admin.remove(bench.at("Pod", "parted-0"));
      const renewed = (pods: readonly Pod[]) => pods.length === 2 && uidOf(pods, "parted-0") !== uidOf(old, "parted-0");
      await eventually(() => podsOf("parted"), renewed);
    });

    it("forget revisions beyond the limit that no pod has", async () => {
      await rolled("limited-set", 0);
      await bench.admin.patch(at("limited-set"), { spec: { revisionHistoryLimit: 1 } });
      for (const image of ["2", "3", "4"]) {
        const containers = [{ name: "limited-set", image: `registry.example/limited-set:${image}` }];
        await bench.patch(at("limited-set"), { spec: { template: { spec: { containers } } } }, {}, "strategic");
        await eventually(
          () => read("limited-set"),
          ({ metadata, status }) => status.observedGeneration === metadata.generation,
        );
      }
      const left = await eventually(
        () => revisionsOf("limited-set"),
        (revisions) => revisions.length <= 2,
      );
      assert.ok(left.some(({ revision }) => revision === 4));
    });

    it("let only some of their fields be changed", async () => {
      await bench.make(statefulSet(bench.namespace, "fixed", 0));
      const why =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
      refused(
        await bench.patch(at("fixed"), { spec: { serviceName: "other" } }),
        422,
        "Invalid",
        `StatefulSet.apps "fixed" is invalid: spec: Forbidden: ${why}`,
      );
      const image = { containers: [{ name: "fixed", image: "registry.example/fixed:2" }] };
      const set = await bench.patch(at("fixed"), { spec: { template: { spec: image } } }, {}, "strategic");
      assert.equal(set.status, 200, set.body.message);
      const { metadata } = await bench.admin.patch(at("fixed"), { metadata: { annotations: { a: "b" } } });
      assert.equal(metadata.generation, 2);
    });
  });

  describe("DaemonSets", () => {
    const at = (name: string) => bench.at("DaemonSet", name);
    const read = async (name: string) => (await bench.admin.get(at(name))) as DaemonSet;
    const isDone = ({ metadata, status }: DaemonSet) =>
      (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
      status.desiredNumberScheduled > 0 &&
      [status.updatedNumberScheduled, status.numberAvailable].every((n) => n === status.desiredNumberScheduled);
    const done = (name: string) => eventually(() => read(name), isDone);
    const nodeNames = async () => (await bench.admin.list(collectionPath("Node"))).map(({ metadata }) => metadata.name);
    const placesOf = async (app: string) =>
      (await podsOf(app)).filter(({ metadata }) => !metadata.deletionTimestamp).map(({ spec }) => spec.nodeName ?? "");

    it("put one pod on each node, and keep the template as a revision", async () => {
      await bench.make(daemonSet(bench.namespace, "everywhere"));
      const set = await done("everywhere");
      const nodes = await nodeNames();
      assert.deepEqual([set.status.desiredNumberScheduled, set.status.numberReady], [nodes.length, nodes.length]);
      await eventually(
        () => placesOf("everywhere"),
        (places) => places.sort().join() === nodes.sort().join(),
      );
      const [revision, ...none] = await revisionsOf("everywhere");
      assert.deepEqual([revision?.revision, none], [1, []]);
      const hash = revision?.metadata.labels?.[hashLabel];
      assert.equal(revision?.metadata.name, `everywhere-${hash}`);
      for (const pod of await podsOf("everywhere")) {
        assert.equal(pod.metadata.labels?.[hashLabel], hash);
        assert.equal(controllerOf(pod)?.uid, set.metadata.uid);
      }
    });

    it("replace each pod after a restart", async () => {
      await bench.make(daemonSet(bench.namespace, "renewed"));
      await done("renewed");
      const old = (await podsOf("renewed")).map(({ metadata }) => metadata.uid);
      const { metadata } = await bench.admin.patch(at("renewed"), restart);
      const seen: DaemonSet[] = [];
      const query = { resourceVersion: metadata.resourceVersion, fieldSelector: "metadata.name=renewed" };
      for await (const { object } of bench.admin.watch(bench.at("DaemonSet"), query, AbortSignal.timeout(20_000))) {
        seen.push(object as DaemonSet);
        if (isDone(object as DaemonSet)) break;
      }
      const most = ({ status }: DaemonSet) => status.desiredNumberScheduled - status.numberReady;
      assert.equal(Math.max(...seen.map(most)), 1);
      const fresh = await eventually(
        () => podsOf("renewed"),
        (pods) => pods.length === old.length,
      );
      assert.ok(fresh.every(({ metadata }) => !old.includes(metadata.uid)));
      assert.deepEqual((await revisionsOf("renewed")).map(({ revision }) => revision).sort(), [1, 2]);
    });

    it("take the template of an earlier revision whole", async () => {
      await bench.make(daemonSet(bench.namespace, "unrolled"));
      await done("unrolled");
      const [first] = await revisionsOf("unrolled");
      assert.ok(first);
      await bench.admin.patch(at("unrolled"), restart);
      const undone = await bench.patch(at("unrolled"), undoTo(await done("unrolled"), first), {}, "strategic");
      assert.equal(undone.status, 200, undone.body.message);
      await done("unrolled");
      const numbers = (await revisionsOf("unrolled")).map(({ metadata, revision }) => [metadata.name, revision]);
      assert.deepEqual(numbers.find(([called]) => called === first.metadata.name)?.[1], 3);
    });

    it("have their templates counted by the server in an annotation, whatever a patch says of it", async () => {
      const counted = ({ metadata }: KubeObject) => metadata.annotations?.["deprecated.daemonset.template.generation"];
      const made = await bench.make(daemonSet(bench.namespace, "counted"));
      assert.equal(counted(made), "1");
      assert.equal(counted(await bench.admin.patch(at("counted"), { spec: { minReadySeconds: 1 } })), "1");
      assert.equal(counted(await bench.admin.patch(at("counted"), restart)), "2");
      const metadata = { annotations: { "deprecated.daemonset.template.generation": "9" } };
      assert.equal(counted(await bench.admin.patch(at("counted"), { metadata })), "2");
    });

    it("put none where their node selector leads nowhere", async () => {
      const draft = daemonSet(bench.namespace, "nowhere");
      const spec = draft["spec"] as { template: { spec: object } };
      const template = { ...spec.template, spec: { ...spec.template.spec, nodeSelector: { no: "node" } } };
      await bench.make({ ...draft, spec: { ...spec, template } });
      const set = await eventually(
        () => read("nowhere"),
        ({ status }) => status.observedGeneration === 1,
      );
      assert.equal(set.status.desiredNumberScheduled, 0);
      assert.deepEqual(await podsOf("nowhere"), []);
    });

    it("have no scale, and select for ever what they selected first", async () => {
      await bench.make(daemonSet(bench.namespace, "settled"));
      refused(await bench.admin.send("GET", bench.at("DaemonSet", "settled", "scale")), 404, "NotFound");
      const labels = { app: "other" };
      const selector = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };
      refused(await bench.patch(at("settled"), selector), 422, "Invalid", /spec\.selector: .*field is immutable/);
    });
  });
}
