import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, eventually, refused } from "./bench.ts";

const modified = "the object has been modified; please apply your changes to the latest version and try again";

export function describePatches(bench: Bench): void {
  describe("changes", () => {
    let path: string;
    let fresh: KubeObject;
    let number = 0;

    // No replicas: nobody but the test writes to it once the controller has seen it.
    beforeEach(async () => {
      const name = `changed-${++number}`;
      path = bench.at("Deployment", name);
      await bench.make(deployment(bench.namespace, name, 0, { team: "web" }));
      fresh = await settled();
    });

    function settled(): Promise<KubeObject> {
      return eventually(
        () => bench.admin.get(path),
        ({ metadata, status }) => {
          const { observedGeneration, conditions = [] } = status as {
            observedGeneration?: number;
            conditions?: readonly { reason: string }[];
          };
          const complete = conditions.some(({ reason }) => reason === "NewReplicaSetAvailable");
          return complete && observedGeneration === metadata.generation;
        },
      );
    }

    const specOf = (object: KubeObject) =>
      object["spec"] as {
        replicas: number;
        paused?: boolean;
        template: { metadata: KubeObject["metadata"]; spec: { containers: Record<string, unknown>[] } };
      };

    it("merges a merge patch: null removes, lists are replaced", async () => {
      const patch = { metadata: { labels: { team: null, tier: "back" } }, spec: { paused: true } };
      const object = await bench.admin.patch(path, patch);
      assert.deepEqual([object.metadata.labels?.["team"], object.metadata.labels?.["tier"]], [undefined, "back"]);
      assert.equal(specOf(object).paused, true);
      const containers = { spec: { template: { spec: { containers: [{ name: "other" }] } } } };
      refused(await bench.patch(path, containers), 422, "Invalid", /containers\[0\]\.image: Required value/);
    });

    it("counts a generation for each change of spec or annotations, not for labels", async () => {
      const generation = async (patch: unknown) => (await bench.admin.patch(path, patch)).metadata.generation;
      assert.equal(fresh.metadata.generation, 1);
      assert.equal(await generation({ metadata: { labels: { a: "b" } } }), 1);
      assert.equal(await generation({ metadata: { annotations: { a: "b" } } }), 2);
      assert.equal(await generation({ spec: { revisionHistoryLimit: 3 } }), 3);
      assert.equal(await generation({ metadata: { annotations: { a: "c" } }, spec: { revisionHistoryLimit: 4 } }), 4);
    });

    it("gives no new version to a patch that changes nothing", async () => {
      const same = await bench.admin.patch(path, { metadata: { labels: { team: "web" } }, spec: { replicas: 0 } });
      assert.equal(same.metadata.resourceVersion, fresh.metadata.resourceVersion);
      const ignored = await bench.admin.patch(path, { status: { replicas: 99 } });
      assert.equal(ignored.metadata.resourceVersion, fresh.metadata.resourceVersion);
    });

    it("refuses a patch that was made for an older version", async () => {
      const { name, resourceVersion } = fresh.metadata;
      await bench.admin.patch(path, { metadata: { labels: { a: "b" } } });
      const stale = await bench.patch(path, { metadata: { resourceVersion }, spec: { replicas: 1 } });
      refused(stale, 409, "Conflict", `Operation cannot be fulfilled on deployments.apps "${name}": ${modified}`);
      assert.deepEqual(stale.body["details"], { name, group: "apps", kind: "deployments" });
      assert.equal(specOf(await bench.admin.get(path)).replicas, 0);
    });

    it("lets exactly one of ten through that were made for the same version", async () => {
      const { resourceVersion } = fresh.metadata;
      const attempt = (_: unknown, i: number) =>
        bench.patch(path, { metadata: { resourceVersion, labels: { winner: String(i) } } });
      const answers = await Promise.all(Array.from({ length: 10 }, attempt));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 409)]);
    });

    it("refuses a patch that names another uid: 422, or 409 when its version is stale too", async () => {
      const { name } = fresh.metadata;
      const other = { uid: "11111111-2222-3333-4444-555555555555", labels: { a: "b" } };
      refused(
        await bench.patch(path, { metadata: other }),
        422,
        "Invalid",
        new RegExp(
          `^Deployment\\.apps "${name}" is invalid: metadata\\.uid: Invalid value: "${other.uid}": field is immutable`,
        ),
      );
      refused(await bench.patch(path, { metadata: { ...other, resourceVersion: "1" } }), 409, "Conflict");
      const { uid } = fresh.metadata;
      assert.equal((await bench.patch(path, { metadata: { uid, labels: { a: "b" } } })).status, 200);
    });

    it("refuses to rename, to move, and to change what is selected", async () => {
      const { name } = fresh.metadata;
      refused(
        await bench.patch(path, { metadata: { name: "other" } }),
        400,
        "BadRequest",
        `the name of the object (other) does not match the name on the URL (${name})`,
      );
      refused(await bench.patch(path, { metadata: { namespace: "other" } }), 400, "BadRequest");
      const labels = { app: "other" };
      const selector = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };
      refused(await bench.patch(path, selector), 422, "Invalid", /spec\.selector: .*field is immutable/);
    });

    it("replaces a whole object, for the version and uid it was read with", async () => {
      const put = (body: unknown) => bench.admin.send("PUT", path, { body });
      const changed = { ...fresh, spec: { ...specOf(fresh), paused: true } };
      const { status, body } = await put(changed);
      assert.deepEqual([status, specOf(body).paused], [200, true]);
      refused(await put(changed), 409, "Conflict", new RegExp(modified));
      const { uid: _, resourceVersion: __, ...metadata } = fresh.metadata;
      const missing = { ...fresh, metadata: { ...metadata, name: "missing" } };
      const other = { ...fresh, metadata: { ...metadata, uid: "other" } };
      refused(await put(other), 409, "Conflict", /Precondition failed: UID in precondition: other/);
      const put404 = await bench.admin.send("PUT", bench.at("Deployment", "missing"), { body: missing });
      refused(put404, 404, "NotFound", 'deployments.apps "missing" not found');
    });

    it("does all operations of a JSON patch or, when a test of it fails, none", async () => {
      const apply = (...operations: unknown[]) => bench.patch(path, operations, {}, "json");
      const test = (value: number) => ({ op: "test", path: "/spec/replicas", value });
      const label = { op: "add", path: "/metadata/labels/a~1b", value: "c" };
      refused(
        await apply(label, test(7)),
        422,
        "Invalid",
        "the server rejected our request due to an error in our request",
      );
      assert.equal((await bench.admin.get(path)).metadata.resourceVersion, fresh.metadata.resourceVersion);
      const { body } = await apply(test(0), label, { op: "remove", path: "/metadata/labels/team" });
      assert.deepEqual([body.metadata.labels?.["a/b"], body.metadata.labels?.["team"]], ["c", undefined]);
      refused(await apply({ op: "remove", path: "/spec/nothing" }), 422, "Invalid");
      refused(
        await bench.patch(path, {}, {}, "json"),
        400,
        "BadRequest",
        /cannot unmarshal object into Go value of type \[\]/,
      );
    });

    it("merges a strategic merge patch into containers by their names", async () => {
      const apply = async (containers: unknown[]) => {
        const patch = { spec: { template: { spec: { containers } } } };
        return specOf((await bench.patch(path, patch, {}, "strategic")).body).template.spec.containers;
      };
      const { name } = fresh.metadata;
      const [one] = await apply([{ name, env: [{ name: "A", value: "1" }] }]);
      assert.deepEqual([one?.["image"], one?.["env"]], [`registry.example/${name}:1.0.0`, [{ name: "A", value: "1" }]]);
      const two = await apply([{ name: "side", image: "registry.example/side:1" }]);
      assert.deepEqual(two.map((container) => container["name"]).sort(), [name, "side"].sort());
      const [left, ...none] = await apply([
        { name: "side", $patch: "delete" },
        { name, env: [{ name: "A", $patch: "delete" }] },
      ]);
      assert.deepEqual([left?.["name"], left?.["env"], none], [name, undefined, []]);
    });

    it("takes no patch that it cannot read", async () => {
      const send = (body: string, contentType: string) => bench.admin.send("PATCH", path, { body, contentType });
      refused(await send("{}", "application/json"), 415, "UnsupportedMediaType");
      const merge = "application/merge-patch+json";
      refused(await send("{nope", merge), 400, "BadRequest", /^error decoding patch: /);
      refused(await send("[]", merge), 400, "BadRequest", /cannot unmarshal array/);
      refused(await bench.patch(path, { spec: { replicas: "x" } }), 422, "Invalid", /cannot unmarshal string/);
      refused(
        await bench.patch(path, { metadata: { annotations: { a: 1 } } }),
        422,
        "Invalid",
        /cannot unmarshal number/,
      );
    });

    it("only rehearses with dryRun, with all checks", async () => {
      const rehearse = (patch: unknown) => bench.patch(path, patch, { dryRun: "All" });
      const { status, body } = await rehearse({ spec: { replicas: 2 } });
      assert.deepEqual([status, specOf(body).replicas, body.metadata.generation], [200, 2, 2]);
      refused(await rehearse({ spec: { replicas: -1 } }), 422, "Invalid", /must be greater than or equal to 0/);
      refused(await rehearse({ metadata: { resourceVersion: "1" } }), 409, "Conflict");
      refused(await bench.patch(path, {}, { dryRun: "Some" }), 422, "Invalid", /dryRun: Unsupported value/);
      const query = { dryRun: "All" };
      const { body: made } = await bench.admin.send("POST", bench.at("ConfigMap"), {
        query,
        body: configMap("rehearsed"),
      });
      assert.equal(made.metadata.name, "rehearsed");
      refused(await bench.admin.send("GET", bench.at("ConfigMap", "rehearsed")), 404, "NotFound");
      const { metadata, spec } = await bench.admin.get(path);
      assert.deepEqual([metadata.resourceVersion, spec], [fresh.metadata.resourceVersion, fresh["spec"]]);
    });

    it("refuses an unknown field when asked to be strict, else warns of it and leaves it out", async () => {
      const misspelt = { spec: { replicaz: 1 } };
      const strict = { fieldValidation: "Strict" };
      refused(
        await bench.patch(path, misspelt, strict),
        422,
        "Invalid",
        /strict decoding error: unknown field "spec\.replicaz"/,
      );
      refused(await bench.patch(path, misspelt, strict, "strategic"), 422, "Invalid", /unknown field "spec\.replicaz"/);
      const deep = { spec: { template: { spec: { nope: 1 } } }, nope: 1 };
      refused(
        await bench.patch(path, deep, strict),
        422,
        "Invalid",
        /unknown field "nope", unknown field "spec\.template\.spec\.nope"/,
      );
      const body = { ...configMap("strict"), dota: {} };
      const created = await bench.admin.send("POST", bench.at("ConfigMap"), { query: strict, body });
      refused(created, 400, "BadRequest", /strict decoding error: unknown field "dota"/);
      const warned = await bench.patch(path, misspelt);
      assert.deepEqual([warned.status, warned.warnings], [200, '299 - "unknown field \\"spec.replicaz\\""']);
      assert.equal("replicaz" in specOf(warned.body), false);
      assert.equal((await bench.patch(path, misspelt, { fieldValidation: "Ignore" })).warnings, "");
    });

    it("notes who changed what, under the manager's name or the client's", async () => {
      await bench.patch(path, { spec: { replicas: 0, minReadySeconds: 1 } }, { fieldManager: "countersign" });
      const { metadata } = await bench.admin.patch(path, { metadata: { labels: { a: "b" } } });
      const entry = (manager: string) => metadata.managedFields?.find((one) => one.manager === manager);
      const ours = entry("countersign");
      assert.deepEqual(
        [ours?.operation, ours?.apiVersion, ours?.subresource, ours?.fieldsV1],
        ["Update", "apps/v1", undefined, { "f:spec": { "f:minReadySeconds": {} } }],
      );
      assert.match(ours?.time ?? "", /^\d{4}-.*Z$/);
      assert.ok(entry("admin-client"));
      const long = await bench.patch(path, {}, { fieldManager: "x".repeat(129) });
      refused(long, 422, "Invalid", /fieldManager: Too long/);
    });
  });
}
