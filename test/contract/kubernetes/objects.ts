import assert from "node:assert/strict";
import type { Draft } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, eventually, pod, refused } from "./bench.ts";

const rbac = "rbac.authorization.k8s.io";
const container = { name: "one", image: "registry.example/one:1" };

const podTemplate = { metadata: { labels: { app: "one" } }, spec: { containers: [container] } };
const nowhere = { ...podTemplate, spec: { ...podTemplate.spec, nodeSelector: { no: "node" } } };
const job = { spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } } };

/** One of each kind, under names that no other test uses. */
function oneOfEach({ namespace }: Bench): readonly Draft[] {
  const metadata = { name: "one" };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const subjects = [{ kind: "ServiceAccount", name: "one", namespace }];
  const clusterWide = { name: `${namespace}-one` };
  return [
    deployment(namespace, "one", 0),
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: { replicas: 0, serviceName: "one", selector: { matchLabels: { app: "one" } }, template: podTemplate },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata,
      spec: { selector: { matchLabels: { app: "one" } }, template: nowhere },
    },
    { apiVersion: "apps/v1", kind: "ControllerRevision", metadata, revision: 1, data: { spec: {} } },
    { apiVersion: "batch/v1", kind: "CronJob", metadata, spec: { schedule: "0 3 * * *", jobTemplate: job } },
    { apiVersion: "batch/v1", kind: "Job", metadata, spec: { suspend: true, ...job.spec } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80 }] } },
    { apiVersion: "v1", kind: "Event", metadata, involvedObject: { kind: "Pod", namespace, name: "one" } },
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

        await bench.admin.remove(path, { preconditions: { uid }, propagationPolicy: "Background" });
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
      await bench.make(pod("single"));
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

    it("takes the status of a pod by a way of its own, and by that way no spec", async () => {
      await bench.make({
        ...pod("reported"),
        spec: { ...(pod("reported")["spec"] as object), nodeName: "no-such-node" },
      });
      const path = bench.at("Pod", "reported");
      const reason = { status: { reason: "Told", phase: "Failed" } };
      const spec = { containers: [{ name: "reported", image: "registry.example/other:1" }] };
      const unheard = await bench.admin.patch(path, reason);
      assert.equal((unheard["status"] as { reason?: string }).reason, undefined);
      const told = await bench.patch(bench.at("Pod", "reported", "status"), { ...reason, spec }, {}, "strategic");
      assert.deepEqual([told.status, (told.body["status"] as { reason?: string }).reason], [200, "Told"]);
      const containers = (told.body["spec"] as { containers: { image: string }[] }).containers;
      assert.deepEqual(
        containers.map(({ image }) => image),
        ["registry.example/reported:1"],
      );
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
  });
}
