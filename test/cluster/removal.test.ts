import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { deployment, job, statefulSet } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { effectsOf, onRealStage } from "./stage.ts";

const place = "/namespaces/prod";
const objects = [
  ["deploy/leaving", `/apis/apps/v1${place}/deployments`, deployment("prod", "leaving", 1)],
  ["sts/leaving", `/apis/apps/v1${place}/statefulsets`, statefulSet("prod", "leaving", 0)],
  ["job/leaving", `/apis/batch/v1${place}/jobs`, job("prod", "leaving")],
  [
    "cm/leaving",
    `/api/v1${place}/configmaps`,
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "leaving", namespace: "prod" }, data: { a: "b" } },
  ],
] as const;

describe("removals on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  for (const [object, collection, draft] of objects)
    it(`${object} is deleted with exactly one effect, and what was kept makes it anew`, async () => {
      const { lab, admin } = stage();
      const before = await admin.create(collection, draft);
      const id = await ask(lab, alice, incident, `/k8s delete ${object} -n prod -- nothing uses it`);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      await reach(lab, id, "awaiting-approval");
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      const request = await finish(lab, id);
      assert.ok(request.state === "succeeded" && request.kept !== undefined, JSON.stringify(request));
      const [effect, ...more] = await eventually(
        () => effectsOf(stage(), id),
        (effects) => effects.length > 0,
      );
      assert.deepEqual(more, []);
      assert.deepEqual(
        [effect?.verb, effect?.objectRef?.name, request.outcome.apiAuditIds],
        ["delete", "leaving", [effect?.auditID]],
      );
      const again = await admin.send("POST", collection, {
        body: JSON.parse(request.kept),
        query: { fieldValidation: "Strict" },
      });
      assert.equal(again.status, 201, again.body.message);
      assert.notEqual(again.body.metadata.uid, before.metadata.uid);
      await admin.send("DELETE", `${collection}/leaving`, { body: { propagationPolicy: "Background" } });
    });
});
