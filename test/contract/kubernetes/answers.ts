import assert from "node:assert/strict";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, refused } from "./bench.ts";

export function describeAnswers(bench: Bench): void {
  describe("answers", () => {
    it("say what is not there", async () => {
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

    it("refuse what is not valid, with every cause", async () => {
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

    it("refuse what cannot be read", async () => {
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

    it("list by label and by name, page by page", async () => {
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

    it("name their entry in the audit log, another each time", async () => {
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

    it("say the version of the server", async () => {
      const { body } = await bench.admin.send("GET", "/version");
      assert.deepEqual([body["major"], body["minor"]], ["1", "36"]);
    });

    it("refuse to create at a name and to delete a subresource", async () => {
      refused(await bench.admin.send("POST", bench.at("Deployment", "x"), { body: {} }), 405, "MethodNotAllowed");
      refused(await bench.admin.send("DELETE", bench.at("Deployment", "x", "scale")), 405, "MethodNotAllowed");
    });
  });
}
