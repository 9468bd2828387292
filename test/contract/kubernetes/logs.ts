import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { type Bench, eventually, pod, refused } from "./bench.ts";

export function describeLogs(bench: Bench): void {
  describe("logs", () => {
    const read = (name: string, query: Record<string, string> = {}) =>
      bench.admin.send("GET", bench.at("Pod", name, "log"), { query });

    before(async () => {
      await bench.make(pod("said"));
      const image = "registry.example/x:1";
      const containers = [
        { name: "x", image },
        { name: "y", image },
      ];
      await bench.make({ ...pod("many"), spec: { initContainers: [{ name: "i", image }], containers } });
      const isPlaced = ({ spec }: KubeObject) => (spec as { nodeName?: string }).nodeName !== undefined;
      for (const name of ["said", "many"]) await eventually(() => bench.admin.get(bench.at("Pod", name)), isPlaced);
    });

    it("of a pod with many containers need one to be chosen", async () => {
      refused(
        await read("many"),
        400,
        "BadRequest",
        "a container name must be specified for pod many, choose one of: [i x y]",
      );
      refused(await read("many", { container: "z" }), 400, "BadRequest", "container z is not valid for pod many");
      refused(await read("said", { container: "z" }), 400, "BadRequest", "container z is not valid for pod said");
    });

    it("are not read by bounds that are none", async () => {
      const invalid = (field: string, value: string, rule: string) =>
        `PodLogOptions "said" is invalid: ${field}: Invalid value: ${value}: ${rule}`;
      const least = "must be greater than 0";
      const or0 = "must be greater than or equal to 0";
      refused(await read("said", { tailLines: "-1" }), 422, "Invalid", invalid("tailLines", "-1", or0));
      refused(await read("said", { sinceSeconds: "0" }), 422, "Invalid", invalid("sinceSeconds", "0", least));
      refused(await read("said", { limitBytes: "0" }), 422, "Invalid", invalid("limitBytes", "0", least));
      refused(
        await read("said", { tailLines: "x" }),
        400,
        "BadRequest",
        'strconv.ParseInt: parsing "x": invalid syntax',
      );
    });

    it("are of pods that are there, and only read", async () => {
      refused(await read("none"), 404, "NotFound", 'pods "none" not found');
      const posted = await bench.admin.send("POST", bench.at("Pod", "said", "log"), { body: {} });
      assert.equal(posted.status, 405);
    });

    it("are a right of their own", async () => {
      const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
      const client = await bench.account("no-logs", rules);
      const path = bench.at("Pod", "said");
      await eventually(
        () => client.send("GET", path),
        ({ status }) => status === 200,
      );
      refused(await client.send("GET", `${path}/log`), 403, "Forbidden", /cannot get resource "pods\/log"/);
    });
  });
}
