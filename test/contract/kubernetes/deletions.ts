import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, eventually, pod, refused } from "./bench.ts";

export function describeDeletions(bench: Bench): void {
  describe("deletions", () => {
    const at = (name: string) => bench.at("Deployment", name);
    const remove = (path: string, body?: unknown, query = {}) =>
      bench.admin.send("DELETE", path, { query, ...(body === undefined ? {} : { body }) });
    const labelled = (kind: string, app: string) => bench.admin.list(bench.at(kind), { labelSelector: `app=${app}` });
    const stands = async (path: string) => (await bench.admin.send("GET", path)).status === 200;
    const gone = (path: string) =>
      eventually(
        () => stands(path),
        (there) => !there,
      );

    async function rolled(name: string): Promise<KubeObject> {
      await bench.make(deployment(bench.namespace, name, 1));
      return eventually(
        () => bench.admin.get(at(name)),
        ({ status }) => (status as { availableReplicas?: number }).availableReplicas === 1,
      );
    }

    it("in the foreground end with the owner, after all that it owns", async () => {
      const { metadata } = await rolled("foreground");
      const order: string[] = [];
      const stop = AbortSignal.timeout(20_000);
      const ends = ["Deployment", "ReplicaSet"].map(async (kind) => {
        const query = { resourceVersion: metadata.resourceVersion };
        for await (const { type, object } of bench.admin.watch(bench.at(kind), query, stop))
          if (type === "DELETED" && object.metadata.name.startsWith("foreground")) return void order.push(kind);
      });
      const preconditions = { uid: metadata.uid };
      const { status, body } = await remove(at("foreground"), { propagationPolicy: "Foreground", preconditions });
      assert.deepEqual([status, body.kind, body.metadata.finalizers], [200, "Deployment", ["foregroundDeletion"]]);
      assert.deepEqual(
        [body.metadata.deletionGracePeriodSeconds, body.metadata.generation],
        [0, (metadata.generation ?? 0) + 1],
      );
      assert.match(body.metadata.deletionTimestamp ?? "", /^\d{4}-.*Z$/);
      await Promise.all(ends);
      assert.deepEqual(order, ["ReplicaSet", "Deployment"]);
      assert.deepEqual(await labelled("Pod", "foreground"), []);
    });

    it("in the background end the owner at once, and what it owns soon after", async () => {
      const { metadata } = await rolled("background");
      const { uid } = metadata;
      const { body } = await remove(at("background"), { propagationPolicy: "Background", preconditions: { uid } });
      assert.deepEqual(
        [body.kind, body["status"], body["details"]],
        ["Status", "Success", { name: "background", group: "apps", kind: "deployments", uid }],
      );
      assert.equal(await stands(at("background")), false);
      const left = async () => [
        ...(await labelled("ReplicaSet", "background")),
        ...(await labelled("Pod", "background")),
      ];
      await eventually(left, (objects) => objects.length === 0);
    });

    it("that orphan leave behind what was owned, owned by nobody", async () => {
      const { metadata } = await rolled("orphaning");
      const { body } = await remove(at("orphaning"), {
        propagationPolicy: "Orphan",
        preconditions: { uid: metadata.uid },
      });
      assert.deepEqual([body.kind, body.metadata.finalizers], ["Deployment", ["orphan"]]);
      await gone(at("orphaning"));
      const [set, ...none] = await labelled("ReplicaSet", "orphaning");
      assert.deepEqual(
        [set?.metadata.ownerReferences, set?.metadata.deletionTimestamp, none],
        [undefined, undefined, []],
      );
      const [left] = await labelled("Pod", "orphaning");
      assert.deepEqual(
        [left?.metadata.ownerReferences?.[0]?.uid, left?.metadata.deletionTimestamp],
        [set?.metadata.uid, undefined],
      );
    });

    it("leave what another owner keeps", async () => {
      const [one, two] = [await bench.make(configMap("owner-1")), await bench.make(configMap("owner-2"))];
      const ownerReferences = [one, two].map(({ metadata: { name, uid } }) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        name,
        uid,
      }));
      await bench.admin.create(bench.at("ConfigMap"), { metadata: { name: "owned", ownerReferences } });
      await bench.admin.remove(bench.at("ConfigMap", "owner-1"));
      const { metadata } = await eventually(
        () => bench.admin.get(bench.at("ConfigMap", "owned")),
        (object) => object.metadata.ownerReferences?.length === 1,
      );
      assert.deepEqual([metadata.ownerReferences?.[0]?.uid, metadata.deletionTimestamp], [two.metadata.uid, undefined]);
      await bench.admin.remove(bench.at("ConfigMap", "owner-2"));
      await gone(bench.at("ConfigMap", "owned"));
    });

    it("are rehearsed by the options in the body; what the query says beside a body counts for nothing", async () => {
      const { uid } = (await bench.make(configMap("rehearsed-end"))).metadata;
      const path = bench.at("ConfigMap", "rehearsed-end");
      assert.equal((await remove(path, { dryRun: ["All"], preconditions: { uid } })).status, 200);
      assert.equal((await remove(path, undefined, { dryRun: "All" })).status, 200);
      assert.equal(await stands(path), true);
      assert.equal((await remove(path, { preconditions: { uid } }, { dryRun: "All" })).status, 200);
      assert.equal(await stands(path), false);
    });

    it("rehearsed tell what would stand afterwards", async () => {
      const { metadata } = await rolled("rehearsing");
      const { body } = await remove(at("rehearsing"), { propagationPolicy: "Foreground", dryRun: ["All"] });
      assert.deepEqual(body.metadata.finalizers, ["foregroundDeletion"]);
      assert.ok(body.metadata.deletionTimestamp);
      const { deletionTimestamp, finalizers, uid } = (await bench.admin.get(at("rehearsing"))).metadata;
      assert.deepEqual([deletionTimestamp, finalizers, uid], [undefined, undefined, metadata.uid]);
    });

    it("are refused with options that are none", async () => {
      await bench.make(configMap("kept"));
      const path = bench.at("ConfigMap", "kept");
      const what = 'DeleteOptions.meta.k8s.io "" is invalid:';
      refused(
        await remove(path, { propagationPolicy: "Sideways" }),
        422,
        "Invalid",
        `${what} propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"`,
      );
      refused(
        await remove(path, { dryRun: ["Some"] }),
        422,
        "Invalid",
        `${what} dryRun: Unsupported value: ["Some"]: supported values: "All"`,
      );
      assert.equal(await stands(path), true);
    });

    it("wait for a finalizer, and are over when it is taken away", async () => {
      const path = bench.at("ConfigMap", "held");
      await bench.admin.create(bench.at("ConfigMap"), {
        metadata: { name: "held", finalizers: ["countersign.dev/test"] },
      });
      const { body } = await remove(path);
      assert.ok(body.kind === "ConfigMap" && body.metadata.deletionTimestamp);
      const cleared = await bench.patch(path, { metadata: { deletionTimestamp: null, labels: { a: "b" } } });
      assert.equal(cleared.body.metadata.deletionTimestamp, body.metadata.deletionTimestamp);
      await bench.admin.patch(path, { metadata: { finalizers: null } });
      assert.equal(await stands(path), false);
    });

    it("of a pod give it the time it asks for, or none at all", async () => {
      const path = bench.at("Pod", "graceful");
      await bench.make(pod("graceful"));
      await eventually(
        () => bench.admin.get(path),
        ({ spec }) => (spec as { nodeName?: string }).nodeName !== undefined,
      );
      const { metadata } = (await remove(path, { gracePeriodSeconds: 7 }, {})).body;
      assert.equal(metadata.deletionGracePeriodSeconds, 7);
      await gone(path);
      await bench.make(pod("forced"));
      const { uid } = (await bench.admin.get(bench.at("Pod", "forced"))).metadata;
      const forced = await remove(bench.at("Pod", "forced"), { gracePeriodSeconds: 0, preconditions: { uid } });
      assert.deepEqual([forced.status, forced.body.kind], [200, "Pod"]);
      assert.equal(await stands(bench.at("Pod", "forced")), false);
    });

    it("of a pod by force wait for its finalizers all the same", async () => {
      const path = bench.at("Pod", "kept");
      const kept = pod("kept");
      await bench.make({ ...kept, metadata: { ...kept.metadata, finalizers: ["countersign.dev/test"] } });
      const { status, body } = await remove(path, { gracePeriodSeconds: 0 });
      assert.deepEqual([status, body.kind, body.metadata.deletionGracePeriodSeconds], [200, "Pod", 0]);
      assert.deepEqual(body.metadata.finalizers, ["countersign.dev/test"]);
      assert.equal(await stands(path), true);
      await bench.admin.patch(path, { metadata: { finalizers: null } });
      assert.equal(await stands(path), false);
    });
  });
}
