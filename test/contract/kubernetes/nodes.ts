import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { type Bench, eventually, pod, refused } from "./bench.ts";

export function describeNodes(bench: Bench): void {
  describe("nodes", () => {
    const nodes = collectionPath("Node");
    // A node of our own, on which nothing runs: the others belong to every suite.
    const name = () => `${bench.namespace}-node`;
    const path = () => `${nodes}/${name()}`;
    const cordoned = ({ spec }: KubeObject) => (spec as { unschedulable?: boolean }).unschedulable;
    const nodeOf = ({ spec }: KubeObject) => (spec as { nodeName?: string }).nodeName;

    before(async () => {
      // Labelled, for who changes an object of which nobody owns anything is not noted at all.
      const metadata = { name: name(), labels: { contract: "nodes" } };
      const spec = { unschedulable: true };
      await bench.admin.create(nodes, { apiVersion: "v1", kind: "Node", metadata, spec });
    });
    after(() => bench.admin.remove(path()));

    it("are two at least, ready, and in no namespace", async () => {
      const ready = (await bench.admin.list(nodes)).filter(({ metadata, status }) => {
        const { conditions = [] } = status as { conditions?: readonly { type: string; status: string }[] };
        return (
          metadata.namespace === undefined && conditions.some((one) => one.type === "Ready" && one.status === "True")
        );
      });
      assert.ok(ready.length >= 2);
      refused(
        await bench.admin.send(
          "GET",
          bench.at("Node", name()).replace(nodes, `/api/v1/namespaces/${bench.namespace}/nodes`),
        ),
        404,
        "NotFound",
      );
    });

    it("are cordoned and uncordoned by one field, which is not there when it is false", async () => {
      const manager = { fieldManager: "countersign-r", fieldValidation: "Strict" };
      const { resourceVersion, uid } = (await bench.admin.get(path())).metadata;
      const open = await bench.patch(
        path(),
        { metadata: { uid, resourceVersion }, spec: { unschedulable: false } },
        manager,
      );
      assert.deepEqual([open.status, cordoned(open.body)], [200, undefined]);
      refused(
        await bench.patch(path(), { metadata: { resourceVersion }, spec: { unschedulable: true } }),
        409,
        "Conflict",
      );
      const again = await bench.patch(path(), { spec: { unschedulable: false } }, manager);
      assert.equal(again.body.metadata.resourceVersion, open.body.metadata.resourceVersion);
      const closed = await bench.patch(path(), { spec: { unschedulable: true } }, manager);
      assert.deepEqual([closed.status, cordoned(closed.body), closed.body.metadata.generation], [200, true, undefined]);
      const ours = closed.body.metadata.managedFields?.find((one) => one.manager === "countersign-r");
      assert.deepEqual(ours?.fieldsV1, { "f:spec": { "f:unschedulable": {} } });
      assert.equal(
        cordoned((await bench.patch(path(), { spec: { unschedulable: null } }, { dryRun: "All" })).body),
        undefined,
      );
      assert.equal(cordoned(await bench.admin.get(path())), true);
      refused(
        await bench.patch(path(), { spec: { unschedulabel: true } }, manager),
        422,
        "Invalid",
        /unknown field "spec\.unschedulabel"/,
      );
    });

    it("can be selected by being cordoned", async () => {
      const names = async (value: string) =>
        (await bench.admin.list(nodes, { fieldSelector: `spec.unschedulable=${value}` })).map(
          ({ metadata }) => metadata.name,
        );
      assert.ok((await names("true")).includes(name()));
      const open = await names("false");
      assert.ok(open.length > 0 && !open.includes(name()));
    });

    it("hold pods, which are listed across all namespaces by their node", async () => {
      await bench.make(pod("placed"));
      const bound = await eventually(
        () => bench.admin.get(bench.at("Pod", "placed")),
        (one) => nodeOf(one) !== undefined,
      );
      const node = nodeOf(bound) ?? "";
      assert.notEqual(node, name());
      const list = (fieldSelector: string) => bench.admin.list("/api/v1/pods", { fieldSelector });
      const here = await list(`spec.nodeName=${node}`);
      assert.ok(here.some(({ metadata }) => metadata.uid === bound.metadata.uid));
      assert.ok(here.every((one) => nodeOf(one) === node));
      const elsewhere = await list(`spec.nodeName!=${node},metadata.namespace=${bench.namespace}`);
      assert.ok(elsewhere.every(({ metadata }) => metadata.uid !== bound.metadata.uid));
      const named = await list(`metadata.name=placed,metadata.namespace=${bench.namespace},spec.nodeName=${node}`);
      assert.deepEqual(
        named.map(({ metadata }) => metadata.uid),
        [bound.metadata.uid],
      );
    });

    it("and other fields can be selected by only where the server knows them", async () => {
      const refusal = async (kind: string, fieldSelector: string, message: string) =>
        refused(
          await bench.admin.send("GET", bench.at(kind), { query: { fieldSelector } }),
          400,
          "BadRequest",
          message,
        );
      await refusal("Pod", "spec.foo=1", "field label not supported: spec.foo");
      await refusal("Event", "foo=1", "field label not supported: foo");
      await refusal("Job", "spec.foo=1", 'field label "spec.foo" not supported for Job');
      await refusal(
        "Deployment",
        "spec.replicas=1",
        '"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
      );
    });

    it("and their events are found by what they are about", async () => {
      const about = { kind: "Pod", namespace: bench.namespace, name: "spoken-of" };
      const event = {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "spoken-of.1" },
        involvedObject: about,
        reason: "Tested",
        message: "for the list",
        type: "Warning",
      };
      await bench.make(event);
      const list = (fieldSelector: string) => bench.admin.list(bench.at("Event"), { fieldSelector });
      const [found, ...none] = await list("involvedObject.kind=Pod,involvedObject.name=spoken-of");
      assert.deepEqual([found?.["reason"], none], ["Tested", []]);
      assert.equal((await list("involvedObject.name=spoken-of,type=Normal")).length, 0);
    });
  });
}
