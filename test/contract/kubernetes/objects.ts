import assert from "node:assert/strict";
import type { Draft } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, eventually, refused } from "./bench.ts";

const rbac = "rbac.authorization.k8s.io";
const container = { name: "one", image: "registry.example/one:1" };

/** One of each kind, under names that no other test uses. */
function oneOfEach({ namespace }: Bench): readonly Draft[] {
  const metadata = { name: "one" };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const subjects = [{ kind: "ServiceAccount", name: "one", namespace }];
  const clusterWide = { name: `${namespace}-one` };
  return [
    deployment(namespace, "one", 0),
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { key: "value" } },
    { apiVersion: "v1", kind: "Secret", metadata, type: "countersign.dev/handle", immutable: true },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: "one" },
      subjects,
    },
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: clusterWide, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: clusterWide,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterWide.name },
      subjects,
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { minAvailable: 1, selector: { matchLabels: { app: "one" } } },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "one" },
        minReplicas: 2,
        maxReplicas: 5,
      },
    },
  ];
}

export function describeObjects(bench: Bench): void {
  describe("objects", () => {
    for (const { kind } of oneOfEach(bench)) {
      it(`creates, reads, lists, changes and deletes a ${kind}`, async () => {
        const draft = oneOfEach(bench).find((one) => one.kind === kind);
        assert.ok(draft);
        const { name } = draft.metadata;
        const path = bench.at(kind, name);
        const created = await bench.make(draft);
        const { uid, resourceVersion, creationTimestamp } = created.metadata;
        assert.match(uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.match(resourceVersion, /^\d+$/);
        assert.match(creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

        const read = await bench.admin.get(path);
        assert.deepEqual([read.kind, read.apiVersion, read.metadata.uid], [kind, draft.apiVersion, uid]);
        const listed = await bench.admin.send("GET", bench.at(kind));
        assert.equal(listed.body.kind, `${kind}List`);
        assert.ok(listed.body.items.some(({ metadata }) => metadata.uid === uid));

        const patched = await bench.admin.patch(path, { metadata: { labels: { changed: "yes" } } });
        assert.notEqual(patched.metadata.resourceVersion, resourceVersion);
        assert.equal((await bench.admin.get(path)).metadata.labels?.["changed"], "yes");

        await bench.admin.remove(path, { preconditions: { uid } });
        refused(await bench.admin.send("GET", path), 404, "NotFound");
      });
    }

    it("creates, reads, lists and labels a Namespace", async () => {
      const path = `/api/v1/namespaces/${bench.namespace}`;
      const labelled = await bench.admin.patch(path, { metadata: { labels: { changed: "yes" } } });
      assert.deepEqual(labelled.metadata.labels, { changed: "yes", "kubernetes.io/metadata.name": bench.namespace });
      assert.deepEqual(labelled["status"], { phase: "Active" });
      const names = (await bench.admin.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
      assert.ok(["default", "kube-system", bench.namespace].every((name) => names.includes(name)));
    });

    it("starts a single pod, and lets it end before it is gone", async () => {
      const path = bench.at("Pod", "single");
      await bench.make({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "single" },
        spec: { containers: [container] },
      });
      const phase = async () => (await bench.admin.get(path))["status"] as { phase: string };
      await eventually(phase, (status) => status.phase === "Running");
      const ending = await bench.admin.send("DELETE", path);
      assert.deepEqual([ending.status, ending.body.kind], [200, "Pod"]);
      assert.ok(ending.body.metadata.deletionTimestamp);
      await eventually(
        () => bench.admin.send("GET", path),
        ({ status }) => status === 404,
      );
    });

    it("says what is not there", async () => {
      const missing = await bench.admin.send("GET", bench.at("Deployment", "none"));
      refused(missing, 404, "NotFound", 'deployments.apps "none" not found');
      assert.deepEqual(missing.body["details"], { name: "none", group: "apps", kind: "deployments" });
      refused(
        await bench.admin.send("GET", `/apis/apps/v1/namespaces/${bench.namespace}/nothings`),
        404,
        "NotFound",
        "the server could not find the requested resource",
      );
      const elsewhere = await bench.admin.send("POST", "/api/v1/namespaces/none/configmaps", { body: configMap("x") });
      refused(elsewhere, 404, "NotFound", 'namespaces "none" not found');
      const unchangeable = await bench.patch(bench.at("ConfigMap", "none"), {});
      refused(unchangeable, 404, "NotFound", 'configmaps "none" not found');
      refused(await bench.admin.send("DELETE", bench.at("ConfigMap", "none")), 404, "NotFound");
    });

    it("creates a name once: of ten at the same time one", async () => {
      const attempt = () => bench.admin.send("POST", bench.at("ConfigMap"), { body: configMap("once") });
      const answers = await Promise.all(Array.from({ length: 10 }, attempt));
      assert.equal(answers.filter(({ status }) => status === 201).length, 1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        refused(answer, 409, "AlreadyExists", 'configmaps "once" already exists');
    });

    it("keeps an immutable ConfigMap as it is, but for its labels", async () => {
      await bench.make(configMap("fixed", { immutable: true, data: { key: "value" } }));
      const path = bench.at("ConfigMap", "fixed");
      const why = "Forbidden: field is immutable when `immutable` is set";
      refused(
        await bench.patch(path, { data: { key: "other" } }),
        422,
        "Invalid",
        `ConfigMap "fixed" is invalid: data: ${why}`,
      );
      refused(
        await bench.patch(path, { immutable: false }),
        422,
        "Invalid",
        `ConfigMap "fixed" is invalid: immutable: ${why}`,
      );
      assert.equal((await bench.patch(path, { metadata: { labels: { seen: "yes" } } })).status, 200);
    });

    it("makes up a name when only its beginning is given", async () => {
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "made-" } };
      const { metadata } = await bench.admin.create(bench.at("ConfigMap"), body);
      assert.match(metadata.name, /^made-[a-z0-9]{5}$/);
    });

    it("encodes the strings of a Secret", async () => {
      const draft = { apiVersion: "v1", kind: "Secret", metadata: { name: "encoded" }, stringData: { key: "value" } };
      const secret = await bench.make(draft);
      assert.deepEqual(
        [secret["data"], secret["stringData"], secret["type"]],
        [{ key: "dmFsdWU=" }, undefined, "Opaque"],
      );
    });

    it("refuses what is not valid, with every cause", async () => {
      const create = (body: unknown) => bench.admin.send("POST", bench.at("Deployment"), { body });
      const good = deployment(bench.namespace, "invalid", 1);
      const spec = good["spec"] as Record<string, unknown>;
      refused(
        await create({ ...good, metadata: {} }),
        422,
        "Invalid",
        'Deployment.apps "" is invalid: metadata.name: Required value: name or generateName is required',
      );
      refused(
        await create({ ...good, metadata: { name: "UP_" } }),
        422,
        "Invalid",
        /metadata\.name: Invalid value: "UP_"/,
      );
      refused(
        await create({ ...good, spec: { ...spec, replicas: -1 } }),
        422,
        "Invalid",
        'Deployment.apps "invalid" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      );
      refused(
        await create({ ...good, spec: { ...spec, selector: { matchLabels: { app: "other" } } } }),
        422,
        "Invalid",
        /`selector` does not match template `labels`/,
      );
      const empty = await create({ metadata: { name: "invalid" } });
      refused(
        empty,
        422,
        "Invalid",
        /\[spec\.selector: Required value, .*spec\.template\.spec\.containers: Required value\]/,
      );
      const { causes } = empty.body["details"] as { causes: readonly { field: string }[] };
      assert.ok(causes.some(({ field }) => field === "spec.selector"));
      refused(await bench.admin.send("GET", bench.at("Deployment", "invalid")), 404, "NotFound");
    });

    it("refuses what it cannot read", async () => {
      const create = (body: unknown, contentType?: string) =>
        bench.admin.send("POST", bench.at("ConfigMap"), { body, ...(contentType ? { contentType } : {}) });
      refused(await create("{nope"), 400, "BadRequest", /the object provided is unrecognized/);
      refused(
        await create({ ...configMap("x"), data: { key: 1 } }),
        400,
        "BadRequest",
        /cannot unmarshal number into Go struct field ConfigMap\.data of type string/,
      );
      refused(
        await create({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } }),
        400,
        "BadRequest",
        /cannot be handled as a ConfigMap/,
      );
      refused(
        await create({ ...configMap("x"), metadata: { name: "x", namespace: "other" } }),
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
      );
      refused(await create("x", "text/plain"), 415, "UnsupportedMediaType");
    });

    it("deletes only what was meant: another uid or version is a conflict", async () => {
      const { metadata } = await bench.make(configMap("meant"));
      const path = bench.at("ConfigMap", "meant");
      const remove = (preconditions: unknown) => bench.admin.send("DELETE", path, { body: { preconditions } });
      const other = await remove({ uid: "other" });
      refused(other, 409, "Conflict", new RegExp(`UID in the precondition \\(other\\).*\\(${metadata.uid}\\)`));
      refused(await remove({ resourceVersion: "1" }), 409, "Conflict", /ResourceVersion in the precondition \(1\)/);
      assert.equal((await bench.admin.send("DELETE", path, { query: { dryRun: "All" } })).status, 200);
      const { resourceVersion, uid } = (await bench.admin.get(path)).metadata;
      assert.equal(resourceVersion, metadata.resourceVersion);
      const gone = await remove({ uid, resourceVersion });
      assert.deepEqual([gone.status, gone.body["status"]], [200, "Success"]);
    });

    it("lists by label and by name, page by page", async () => {
      for (const name of ["a", "b", "c"]) await bench.make(configMap(`listed-${name}`, { labels: { listed: name } }));
      const path = bench.at("ConfigMap");
      const names = async (query: Record<string, string>) =>
        (await bench.admin.list(path, query)).map(({ metadata }) => metadata.name);
      assert.deepEqual(await names({ labelSelector: "listed" }), ["listed-a", "listed-b", "listed-c"]);
      assert.deepEqual(await names({ labelSelector: "listed=b" }), ["listed-b"]);
      assert.deepEqual(await names({ labelSelector: "listed,listed!=b" }), ["listed-a", "listed-c"]);
      assert.deepEqual(await names({ labelSelector: "listed in (a,c),!other" }), ["listed-a", "listed-c"]);
      assert.deepEqual(await names({ fieldSelector: "metadata.name=listed-c" }), ["listed-c"]);
      refused(
        await bench.admin.send("GET", path, { query: { fieldSelector: "data.x=1" } }),
        400,
        "BadRequest",
        /not a known field selector/,
      );
      refused(await bench.admin.send("GET", path, { query: { labelSelector: "a=b=c" } }), 400, "BadRequest");

      const seen: string[] = [];
      let token = "";
      do {
        const query = { labelSelector: "listed", limit: "1", ...(token ? { continue: token } : {}) };
        const { body } = await bench.admin.send("GET", path, { query });
        seen.push(...body.items.map(({ metadata }) => metadata.name));
        assert.ok(body.items.length <= 1 && body.items[0]?.kind === undefined);
        token = String(body.metadata["continue"] ?? "");
      } while (token);
      assert.deepEqual(seen, ["listed-a", "listed-b", "listed-c"]);
    });

    it("names the entry of its audit log in every answer, another each time", async () => {
      const ids = [
        await bench.admin.send("GET", "/version"),
        await bench.admin.send("GET", bench.at("Pod")),
        await bench.admin.send("GET", bench.at("Pod", "none")),
        await bench.patch(bench.at("Deployment", "none"), "[]"),
        await bench.admin.as("nobody").send("GET", bench.at("Pod")),
      ].map(({ auditId }) => auditId);
      for (const id of ids) assert.match(id, /^[0-9a-f-]{36}$/);
      assert.equal(new Set(ids).size, ids.length);
    });

    it("says its version", async () => {
      const { body } = await bench.admin.send("GET", "/version");
      assert.deepEqual([body["major"], body["minor"]], ["1", "36"]);
    });

    it("does not create at a name, nor delete a subresource", async () => {
      refused(await bench.admin.send("POST", bench.at("Deployment", "x"), { body: {} }), 405, "MethodNotAllowed");
      refused(await bench.admin.send("DELETE", bench.at("Deployment", "x", "scale")), 405, "MethodNotAllowed");
    });
  });
}
