import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, eventually, refused } from "./bench.ts";

export function describeScale(bench: Bench): void {
  describe("the scale of a Deployment", () => {
    const name = "scaled";
    const replicas = ({ spec }: KubeObject) => (spec as { replicas: number }).replicas;
    let path: string;
    let scale: string;

    before(async () => {
      path = bench.at("Deployment", name);
      scale = bench.at("Deployment", name, "scale");
      await bench.make(deployment(bench.namespace, name, 1));
      const settled = ({ metadata, status }: KubeObject) => {
        const { observedGeneration, availableReplicas } = status as Record<string, number>;
        return observedGeneration === metadata.generation && availableReplicas === 1;
      };
      await eventually(() => bench.admin.get(path), settled);
    });

    it("shows the replicas of the object, under its uid and version", async () => {
      const object = await bench.admin.get(path);
      const { kind, apiVersion, metadata, spec, status } = await bench.admin.get(scale);
      assert.deepEqual([kind, apiVersion, spec], ["Scale", "autoscaling/v1", { replicas: 1 }]);
      assert.deepEqual(status, { replicas: 1, selector: `app=${name}` });
      const { uid, resourceVersion } = object.metadata;
      assert.deepEqual([metadata.name, metadata.uid, metadata.resourceVersion], [name, uid, resourceVersion]);
      refused(
        await bench.admin.send("GET", `${path}x/scale`),
        404,
        "NotFound",
        `deployments.apps "${name}x" not found`,
      );
    });

    it("is changed by a patch, which belongs to its manager from then on", async () => {
      const { uid, resourceVersion } = (await bench.admin.get(path)).metadata;
      const patch = { metadata: { uid, resourceVersion }, spec: { replicas: 2 } };
      const { status, body } = await bench.patch(scale, patch, {
        fieldManager: "countersign",
        fieldValidation: "Strict",
      });
      assert.deepEqual([status, body.kind, replicas(body)], [200, "Scale", 2]);
      const object = await bench.admin.get(path);
      assert.equal(replicas(object), 2);
      const entry = object.metadata.managedFields?.find(({ subresource }) => subresource === "scale");
      assert.deepEqual(
        [entry?.manager, entry?.operation, entry?.fieldsV1],
        ["countersign", "Update", { "f:spec": { "f:replicas": {} } }],
      );
    });

    it("is replaced by what was read, unless that is stale", async () => {
      const put = (body: unknown) => bench.admin.send("PUT", scale, { body });
      let old: KubeObject | undefined;
      // The controller writes to the object too; who comes too late reads again.
      const { body } = await eventually(
        async () => {
          old = await bench.admin.get(scale);
          return put({ ...old, spec: { replicas: 3 } });
        },
        ({ status }) => status === 200,
      );
      assert.equal(replicas(body), 3);
      refused(await put({ ...old, spec: { replicas: 4 } }), 409, "Conflict", /the object has been modified/);
      const { uid: _, ...metadata } = body.metadata;
      refused(
        await put({ ...body, metadata: { ...metadata, resourceVersion: undefined, uid: "other" } }),
        409,
        "Conflict",
        /UID/,
      );
    });

    it("is refused for another uid or an older version", async () => {
      const { uid } = (await bench.admin.get(path)).metadata;
      refused(
        await bench.patch(scale, { metadata: { uid: "other" }, spec: { replicas: 9 } }),
        409,
        "Conflict",
        `Operation cannot be fulfilled on deployments/scale.apps "${name}": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
      );
      refused(
        await bench.patch(scale, { metadata: { uid, resourceVersion: "1" }, spec: { replicas: 9 } }),
        409,
        "Conflict",
        /the object has been modified/,
      );
    });

    it("is refused below zero and for unknown fields", async () => {
      refused(
        await bench.patch(scale, { spec: { replicas: -1 } }),
        422,
        "Invalid",
        `Scale.autoscaling "${name}" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
      );
      const strict = await bench.patch(scale, { spec: { replicaz: 1 } }, { fieldValidation: "Strict" });
      refused(strict, 422, "Invalid", /unknown field "spec\.replicaz"/);
    });

    it("is only rehearsed with dryRun", async () => {
      const before = replicas(await bench.admin.get(path));
      const { body } = await bench.patch(scale, { spec: { replicas: 40 } }, { dryRun: "All" });
      assert.equal(replicas(body), 40);
      assert.equal(replicas(await bench.admin.get(path)), before);
    });

    it("takes nothing but the replicas", async () => {
      const patch = { metadata: { annotations: { not: "kept" } }, spec: { replicas: 1 } };
      assert.equal((await bench.patch(scale, patch)).status, 200);
      assert.equal((await bench.admin.get(path)).metadata.annotations?.["not"], undefined);
    });
  });
}
