import assert from "node:assert/strict";
import {
  type Condition,
  type Deployment,
  type ReplicaSet,
  revisionAnnotation,
} from "../../lab/kubernetes/controllers/workload.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, eventually, refused } from "./bench.ts";

const cause = "kubernetes.io/change-cause";
const history = "deployment.kubernetes.io/revision-history";

export function describeHistory(bench: Bench): void {
  describe("the history of a Deployment", () => {
    const at = (name: string) => bench.at("Deployment", name);
    const read = async (name: string) => (await bench.admin.get(at(name))) as Deployment;
    const setsOf = async (name: string) =>
      (await bench.admin.list(bench.at("ReplicaSet"), { labelSelector: `app=${name}` })) as readonly ReplicaSet[];
    const progressing = ({ status }: Deployment): Condition | undefined =>
      status.conditions?.find(({ type }) => type === "Progressing");
    const isSeen = ({ metadata, status }: Deployment) => (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
    const isDone = (object: Deployment) =>
      isSeen(object) &&
      [object.status.replicas, object.status.updatedReplicas, object.status.availableReplicas].every(
        (count) => (count ?? 0) === object.spec.replicas,
      );
    const done = (name: string) => eventually(() => read(name), isDone);
    const image = (name: string, tag: string) => ({
      spec: { template: { spec: { containers: [{ name, image: `registry.example/${name}:${tag}` }] } } },
    });

    async function rolled(name: string, replicas: number): Promise<Deployment> {
      await bench.make(deployment(bench.namespace, name, replicas));
      return done(name);
    }

    it("keeps each template as a ReplicaSet with its revision and the reason that was given", async () => {
      await rolled("told", 1);
      const because = (tag: string) => ({
        metadata: { annotations: { [cause]: `image ${tag}` } },
        ...image("told", tag),
      });
      for (const tag of ["2", "3"]) {
        assert.equal((await bench.patch(at("told"), because(tag), {}, "strategic")).status, 200);
        await done("told");
      }
      const told = (await setsOf("told")).map(({ metadata, spec }) => [
        metadata.annotations?.[revisionAnnotation],
        metadata.annotations?.[cause],
        (spec.template.spec["containers"] as { image: string }[])[0]?.image,
        spec.replicas,
      ]);
      assert.deepEqual(told.sort(), [
        ["1", undefined, "registry.example/told:1.0.0", 0],
        ["2", "image 2", "registry.example/told:2", 0],
        ["3", "image 3", "registry.example/told:3", 1],
      ]);
    });

    it("goes back to the ReplicaSet of a template that is restored, and notes which revision it was", async () => {
      await rolled("restored", 1);
      const [first] = await setsOf("restored");
      await bench.patch(at("restored"), image("restored", "2"), {}, "strategic");
      await done("restored");
      const { metadata, spec } = first ?? assert.fail();
      const { "pod-template-hash": _, ...labels } = spec.template.metadata.labels ?? {};
      const template = { ...spec.template, metadata: { labels } };
      // As `kubectl rollout undo` sends it: the whole template, if it is still what was read.
      const { status, body } = await bench.patch(
        at("restored"),
        [{ op: "replace", path: "/spec/template", value: template }],
        {},
        "json",
      );
      assert.equal(status, 200, body.message);
      const object = await done("restored");
      assert.equal(object.metadata.annotations?.[revisionAnnotation], "3");
      const again = (await setsOf("restored")).find(({ metadata: { uid } }) => uid === metadata.uid);
      assert.deepEqual(
        [
          again?.spec.replicas,
          again?.metadata.annotations?.[revisionAnnotation],
          again?.metadata.annotations?.[history],
        ],
        [1, "3", "1"],
      );
    });

    it("forgets what is older than the limit", async () => {
      await rolled("forgetful", 1);
      await bench.admin.patch(at("forgetful"), { spec: { revisionHistoryLimit: 1 } });
      for (const tag of ["2", "3", "4"]) {
        await bench.patch(at("forgetful"), image("forgetful", tag), {}, "strategic");
        await done("forgetful");
      }
      const left = await eventually(
        () => setsOf("forgetful"),
        (sets) => sets.length === 2,
      );
      assert.deepEqual(left.map(({ metadata }) => metadata.annotations?.[revisionAnnotation]).sort(), ["3", "4"]);
    });

    it("waits while it is paused, says so, and still follows the scale", async () => {
      await rolled("halted", 1);
      const { uid, resourceVersion } = (await read("halted")).metadata;
      const pause = await bench.patch(at("halted"), { metadata: { uid, resourceVersion }, spec: { paused: true } });
      assert.equal(pause.status, 200, pause.body.message);
      refused(
        await bench.patch(at("halted"), { metadata: { uid, resourceVersion }, spec: { paused: true } }),
        409,
        "Conflict",
      );
      const halted = await eventually(
        () => read("halted"),
        (one) => progressing(one)?.reason === "DeploymentPaused",
      );
      assert.deepEqual(
        [progressing(halted)?.status, progressing(halted)?.message],
        ["Unknown", "Deployment is paused"],
      );
      await bench.patch(at("halted"), image("halted", "2"), {}, "strategic");
      await bench.admin.patch(bench.at("Deployment", "halted", "scale"), { spec: { replicas: 2 } });
      await eventually(
        () => read("halted"),
        (one) => isSeen(one) && one.status.availableReplicas === 2,
      );
      const [only, ...none] = await setsOf("halted");
      assert.deepEqual([only?.spec.replicas, none], [2, []]);
      const resumed = await bench.admin.patch(at("halted"), { spec: { paused: false } });
      assert.equal((resumed["spec"] as { paused?: boolean }).paused, undefined);
      const object = await done("halted");
      assert.deepEqual(
        [object.metadata.annotations?.[revisionAnnotation], progressing(object)?.reason],
        ["2", "NewReplicaSetAvailable"],
      );
    });

    it("stops half-way when it is paused in between", async () => {
      await rolled("half", 3);
      const strategy = (maxUnavailable: number) => ({
        spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable } } },
      });
      await bench.admin.patch(at("half"), strategy(1));
      await bench.patch(at("half"), image("half", "missing"), {}, "strategic");
      const sizes = async () => (await setsOf("half")).map(({ spec }) => spec.replicas).sort();
      await eventually(sizes, (both) => both.join() === "1,2");
      await bench.admin.patch(at("half"), { spec: { paused: true } });
      await bench.admin.patch(at("half"), strategy(3));
      await bench.patch(at("half"), image("half", "3"), {}, "strategic");
      await eventually(() => read("half"), isSeen);
      assert.deepEqual(await sizes(), [1, 2]);
      await bench.admin.patch(at("half"), { spec: { paused: false } });
      await done("half");
      assert.deepEqual(await sizes(), [0, 0, 3]);
    });

    it("clears away what is no longer wanted even while it is paused", async () => {
      await rolled("cleared", 2);
      const [first] = await setsOf("cleared");
      await bench.patch(at("cleared"), image("cleared", "missing"), {}, "strategic");
      const sizes = async () => (await setsOf("cleared")).map(({ spec }) => spec.replicas).sort();
      await eventually(sizes, (both) => both.join() === "1,2");
      await bench.admin.patch(at("cleared"), { spec: { paused: true } });
      await bench.patch(at("cleared"), image("cleared", "1.0.0"), {}, "strategic");
      await eventually(sizes, (both) => both.join() === "0,2");
      const [active] = (await setsOf("cleared")).filter(({ spec }) => spec.replicas === 2);
      assert.equal(active?.metadata.uid, first?.metadata.uid);
    });
  });

  describe("the bounds of an autoscaler", () => {
    const path = () => bench.at("HorizontalPodAutoscaler", "bounds");
    const invalid = (field: string, value: number, why: string) =>
      `HorizontalPodAutoscaler.autoscaling "bounds" is invalid: spec.${field}: Invalid value: ${value}: ${why}`;

    it("are changed together, for the version that was read", async () => {
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "bounds" };
      const { metadata } = await bench.make({
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "bounds" },
        spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 5 },
      });
      const { uid, resourceVersion } = metadata;
      const spec = { minReplicas: 3, maxReplicas: 8 };
      const query = { fieldManager: "countersign-r", fieldValidation: "Strict" };
      const { status, body } = await bench.patch(path(), { metadata: { uid, resourceVersion }, spec }, query);
      const { minReplicas, maxReplicas } = body["spec"] as Record<string, number>;
      assert.deepEqual([status, minReplicas, maxReplicas], [200, 3, 8]);
      const ours = body.metadata.managedFields?.find(({ manager }) => manager === "countersign-r");
      assert.deepEqual(ours?.fieldsV1, { "f:spec": { "f:maxReplicas": {}, "f:minReplicas": {} } });
      refused(await bench.patch(path(), { metadata: { uid, resourceVersion }, spec }), 409, "Conflict");
    });

    it("are refused when they leave no room", async () => {
      refused(
        await bench.patch(path(), { spec: { minReplicas: 9 } }),
        422,
        "Invalid",
        invalid("maxReplicas", 8, "must be greater than or equal to `minReplicas`"),
      );
      refused(
        await bench.patch(path(), { spec: { minReplicas: 0 } }),
        422,
        "Invalid",
        /spec\.minReplicas: Invalid value: 0: must be greater than or equal to 1/,
      );
    });
  });
}
