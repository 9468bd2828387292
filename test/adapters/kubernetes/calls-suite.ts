import assert from "node:assert/strict";
import { catalogue } from "../../../src/operation/catalogue.ts";
import type { Account, Cluster, KubeObject, ObjectRef, Session } from "../../../src/ports/cluster.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import type { AdminClient } from "../../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { deployment, namespace } from "../../lab/kubernetes/seed.ts";
import { codeFrom, faultFrom } from "./fault-from.ts";
import { install } from "./install.ts";

/** Whether nodes keep the logs of their pods: those of the real test cluster run no containers. */
export type LogKeeping = "kept" | "none";

/** The adapter on a cluster, and an administrator's way into it. */
export interface Stage {
  readonly admin: AdminClient;
  readonly cluster: Cluster;
  /** A request id that no other test uses. */
  freshRequest(): string;
}

const rbac = "rbac.authorization.k8s.io";
const operator: Account = {
  account: catalogue["rollout-restart"].account,
  rules: [
    {
      apiGroups: ["", "apps"],
      resources: ["configmaps", "deployments", "replicasets", "pods"],
      verbs: ["get", "list", "patch", "create", "delete"],
    },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["list"], scope: "cluster" },
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"], scope: "cluster" },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"], scope: "cluster" },
  ],
};

/** What the adapter promises of calls that change, ask or reach out of a namespace. */
export function describeCalls(stage: () => Stage, logs: LogKeeping): void {
  describe("calls of all kinds", () => {
    const place = `calls-${process.pid}`;
    const core = { group: "", version: "v1", namespace: place };
    const web: ObjectRef = { group: "apps", version: "v1", resource: "deployments", namespace: place, name: "web" };
    const map = (name: string): ObjectRef => ({ ...core, resource: "configmaps", name });
    const mapObject = (name: string) => ({ metadata: { name, namespace: place }, data: { a: "b" } });
    let session: Session;
    let request: string;

    before(async () => {
      await install(stage().admin, [namespace(place), deployment(place, "web", 2), ...rightsOf(operator, place)]);
    });
    after(async () => {
      // The cluster is shared, and these are rights in all of it.
      for (const kind of ["ClusterRoleBinding", "ClusterRole"])
        await stage().admin.remove(`${collectionPath(kind)}/${place}`);
    });
    beforeEach(async () => {
      request = stage().freshRequest();
      session = await stage().cluster.session(operator, request);
    });

    const metadataOf = (object: KubeObject) =>
      object["metadata"] as unknown as {
        readonly name: string;
        readonly uid: string;
        readonly resourceVersion: string;
        readonly managedFields?: readonly { readonly manager: string }[];
      };
    const uidOf = async (ref: ObjectRef) => metadataOf((await session.get(ref)).object).uid;
    const specOf = (object: KubeObject) => object["spec"] as Readonly<Record<string, unknown>>;

    /** The pods of this app, as soon as they are all ready and none is on its way out. */
    const readyPods = async (app: string, count: number) => {
      const pods = () => session.list({ ...core, resource: "pods" }, { labels: { app } });
      const isReady = (pod: KubeObject) => {
        const { conditions = [] } = pod["status"] as { readonly conditions?: readonly KubeObject[] };
        return conditions.some(({ type, status }) => type === "Ready" && status === "True");
      };
      return eventually(pods, (found) => found.length === count && found.every(isReady));
    };

    describe("patch", () => {
      it("merges containers by name when it is strategic", async () => {
        const containers = [{ name: "web", image: "registry.example/web:2.0.0" }];
        const { object } = await session.patch(web, "strategic", { spec: { template: { spec: { containers } } } });
        const { template } = specOf(object) as { template: { spec: { containers: readonly KubeObject[] } } };
        const [container, ...more] = template.spec.containers;
        assert.deepEqual([container?.["image"], more], ["registry.example/web:2.0.0", []]);
        // A merge patch would have left nothing but these two fields, and what the server puts in their place.
        assert.equal(container?.["imagePullPolicy"], "IfNotPresent");
        assert.ok(metadataOf(object).managedFields?.some(({ manager }) => manager === `countersign-${request}`));
      });

      it("holds to its tests when it is a JSON patch", async () => {
        const patch = (uid: string) => [
          { op: "test", path: "/metadata/uid", value: uid },
          { op: "add", path: "/metadata/labels/tested", value: "yes" },
        ];
        assert.equal(await codeFrom(session.patch(web, "json", patch("another"))), "invalid");
        const { object } = await session.patch(web, "json", patch(await uidOf(web)));
        assert.match(JSON.stringify(object["metadata"]), /"tested":"yes"/);
      });

      it("reaches an object of no namespace", async () => {
        const { admin } = stage();
        const [first] = await admin.list(collectionPath("Node"));
        assert.ok(first);
        const node: ObjectRef = { group: "", version: "v1", resource: "nodes", name: first.metadata.name };
        const { object } = await session.patch(node, "merge", { spec: { unschedulable: true } }, { dryRun: true });
        assert.equal(specOf(object)["unschedulable"], true);
        assert.equal(specOf((await session.get(node)).object)["unschedulable"], undefined);
      });
    });

    describe("create", () => {
      it("makes an object once, in the name of its request", async () => {
        const { object, auditId } = await session.create(map("made"), mapObject("made"));
        assert.deepEqual([metadataOf(object).name, object["data"]], ["made", { a: "b" }]);
        assert.ok(metadataOf(object).managedFields?.some(({ manager }) => manager === `countersign-${request}`));
        assert.notEqual(auditId, "");
        assert.equal(await codeFrom(session.create(map("made"), mapObject("made"))), "already-exists");
      });

      it("stores nothing in a dry run, and refuses a field that does not exist", async () => {
        const { object } = await session.create(map("dry"), mapObject("dry"), { dryRun: true });
        assert.equal(metadataOf(object).name, "dry");
        const fault = await faultFrom(session.create(map("dry"), { ...mapObject("dry"), dato: {} }));
        assert.equal(fault.code, "invalid");
        assert.match(fault.says, /unknown field "dato"/);
        assert.equal(await codeFrom(session.get(map("dry"))), "not-found");
      });

      it("asks what somebody may do, and keeps nothing", async () => {
        const may = async (user: string, verb: string) => {
          const resourceAttributes = { verb, group: "apps", resource: "deployments", namespace: place };
          const question = { group: "authorization.k8s.io", version: "v1", resource: "subjectaccessreviews" };
          const { object } = await session.create(question, { spec: { user, resourceAttributes } });
          return (object["status"] as { readonly allowed: boolean }).allowed;
        };
        const itself = `system:serviceaccount:countersign-operations:${operator.account}`;
        assert.deepEqual([await may(itself, "patch"), await may(itself, "watch")], [true, false]);
        assert.equal(await may("nobody", "patch"), false);
      });
    });

    describe("remove", () => {
      it("removes the object that was meant and no successor of its name, and only once", async () => {
        await session.create(map("old"), mapObject("old"));
        const uid = await uidOf(map("old"));
        const another = "00000000-0000-4000-8000-000000000000";
        assert.equal(await codeFrom(session.remove(map("old"), { uid: another })), "conflict");
        assert.equal(await codeFrom(session.remove(map("old"), { uid, resourceVersion: "1" })), "conflict");
        await session.remove(map("old"), { uid }, { dryRun: true });
        assert.equal(await uidOf(map("old")), uid);
        await session.remove(map("old"), { uid });
        assert.equal(await codeFrom(session.remove(map("old"), { uid })), "not-found");
      });

      it("leaves behind what an object owns when it is told to", async () => {
        const { admin } = stage();
        await install(admin, [deployment(place, "orphaning", 1)]);
        const ref = { ...web, name: "orphaning" };
        const sets = () =>
          session.list(
            { group: "apps", version: "v1", resource: "replicasets", namespace: place },
            { labels: { app: "orphaning" } },
          );
        await eventually(sets, (found) => found.length === 1);
        await session.remove(ref, { uid: await uidOf(ref), propagation: "Orphan" });
        const gone = () => admin.send("GET", `${collectionPath("Deployment", place)}/orphaning`);
        await eventually(gone, ({ status }) => status === 404);
        assert.deepEqual(
          (await sets()).map(({ metadata }) => (metadata as KubeObject)["ownerReferences"]),
          [undefined],
        );
      });
    });

    describe("an eviction", () => {
      const budgets = collectionPath("PodDisruptionBudget", place);
      const evict = async (pod: KubeObject, options = {}, uid = metadataOf(pod).uid) => {
        const { name } = metadataOf(pod);
        const body = { metadata: { name, namespace: place }, deleteOptions: { preconditions: { uid } } };
        return session.create({ ...core, resource: "pods", name, subresource: "eviction" }, body, options);
      };
      const budgetSays = (name: string, allowed: number) =>
        eventually(
          () => stage().admin.get(`${budgets}/${name}`),
          ({ metadata, status }) => {
            const { observedGeneration, disruptionsAllowed } = (status ?? {}) as Record<string, unknown>;
            return observedGeneration === metadata["generation"] && disruptionsAllowed === allowed;
          },
        );

      it("is told apart from a busy server when a budget has no room, and is made when it has", async () => {
        const { admin } = stage();
        const selector = { matchLabels: { app: "guarded" } };
        const budget = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "guarded" } };
        await install(admin, [deployment(place, "guarded", 2)]);
        await admin.create(budgets, { ...budget, spec: { minAvailable: 2, selector } });
        const [pod] = await readyPods("guarded", 2);
        assert.ok(pod);
        await budgetSays("guarded", 0);
        const fault = await faultFrom(evict(pod));
        assert.deepEqual(
          [fault.code, fault.says, fault.retryAfterMs],
          ["disruption-budget", "The disruption budget guarded needs 2 healthy pods and has 2 currently", undefined],
        );
        assert.notEqual(fault.auditId, "");

        await admin.patch(`${budgets}/guarded`, { spec: { minAvailable: 1 } });
        await budgetSays("guarded", 1);
        await evict(pod, { dryRun: true });
        assert.equal(await uidOf({ ...core, resource: "pods", name: metadataOf(pod).name }), metadataOf(pod).uid);
        const { object } = await evict(pod);
        assert.deepEqual([object["kind"], object["status"]], ["Status", "Success"]);
      });

      it("is a conflict when another pod has that name", async () => {
        await install(stage().admin, [deployment(place, "followed", 1)]);
        const [pod] = await readyPods("followed", 1);
        assert.ok(pod);
        const another = "00000000-0000-4000-8000-000000000000";
        assert.equal(await codeFrom(evict(pod, {}, another)), "conflict");
      });
    });

    describe("a log", () => {
      const podOf = async (app: string): Promise<ObjectRef> => {
        await install(stage().admin, [deployment(place, app, 1)]);
        const [pod] = await readyPods(app, 1);
        assert.ok(pod);
        return { ...core, resource: "pods", name: metadataOf(pod).name };
      };

      if (logs === "kept")
        it("is the last lines of a container, in as many bytes as were asked for", async () => {
          const pod = await podOf("talking");
          const whole = await session.log(pod, { tailLines: 5_000, limitBytes: 1_000_000 });
          const lines = whole.trimEnd().split("\n");
          assert.ok(lines.length > 1, whole);
          const slice = { tailLines: 1, limitBytes: 1_000_000, container: "talking" };
          assert.equal(await session.log(pod, slice), `${lines.at(-1)}\n`);
          assert.equal(await session.log(pod, { tailLines: 5_000, limitBytes: 7 }), whole.slice(0, 7));
          assert.equal(await codeFrom(session.log(pod, { ...slice, container: "nobody" })), "invalid");
          assert.equal(await codeFrom(session.log(pod, { ...slice, previous: true })), "invalid");
          assert.equal(await codeFrom(session.log({ ...pod, name: "nobody" }, slice)), "not-found");
        });
      else
        it("is a fault where the node keeps none, and no empty text", async () => {
          const pod = await podOf("silent");
          const fault = await faultFrom(session.log(pod, { tailLines: 1, limitBytes: 1 }));
          assert.equal(fault.code, "server-error");
          assert.match(fault.says, /\/containerLogs\/.*\?limitBytes=1&tailLines=1/);
        });
    });

    describe("a list through all namespaces", () => {
      it("holds what is on one node, and nothing of another", async () => {
        await install(stage().admin, [deployment(place, "spread", 3)]);
        const pods: ObjectRef = { group: "", version: "v1", resource: "pods" };
        const nodeOf = (pod: KubeObject) => specOf(pod)["nodeName"] as string | undefined;
        const within = () => session.list({ ...pods, namespace: place }, { labels: { app: "spread" } });
        const [bound] = await eventually(within, (found) => found.length === 3 && found.every(nodeOf));
        const nodeName = bound && nodeOf(bound);
        assert.ok(bound && nodeName);
        const found = await session.list(pods, { fields: { "spec.nodeName": nodeName } });
        assert.ok(found.some((pod) => metadataOf(pod).uid === metadataOf(bound).uid));
        assert.deepEqual([...new Set(found.map(nodeOf))], [nodeName]);
        const named = await session.list(pods, { fields: { "metadata.name": metadataOf(bound).name } });
        assert.deepEqual(
          named.map((pod) => metadataOf(pod).uid),
          [metadataOf(bound).uid],
        );
      });

      it("is refused by the server itself to an account that may list in one namespace", async () => {
        const bold: Account = { account: catalogue.scale.account, rules: operator.rules };
        const other = await stage().cluster.session(bold, request);
        const fault = await faultFrom(other.list({ group: "", version: "v1", resource: "pods" }));
        assert.equal(fault.code, "forbidden");
        assert.match(fault.says, /cannot list resource "pods" in API group "" at the cluster scope/);
      });
    });
  });
}

/** Roles and bindings for what the account declares: in this namespace, and in the whole cluster. */
function rightsOf({ account, rules }: Account, place: string): readonly unknown[] {
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: "countersign-operations" }];
  return ["Role", "ClusterRole"].flatMap((kind) => {
    const metadata = kind === "Role" ? { name: place, namespace: place } : { name: place };
    const roleRef = { apiGroup: rbac, kind, name: place };
    const its = rules.filter(({ scope }) => (scope === "cluster") === (kind === "ClusterRole"));
    const apiVersion = `${rbac}/v1`;
    return [
      { apiVersion, kind, metadata, rules: its.map(({ scope: _, ...rule }) => rule) },
      { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects },
    ];
  });
}
