import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { autoscaler, daemonSet, deployment, statefulSet } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { effectsOf, onRealStage } from "./stage.ts";

const apps = "/apis/apps/v1/namespaces/prod";
const scaler = "/apis/autoscaling/v2/namespaces/prod/horizontalpodautoscalers/w-deploy";
const kinds = [
  { short: "deploy", resource: "deployments", draft: deployment("prod", "w-deploy", 2), name: "w-deploy" },
  { short: "sts", resource: "statefulsets", draft: statefulSet("prod", "w-sts", 2), name: "w-sts" },
  { short: "ds", resource: "daemonsets", draft: daemonSet("prod", "w-ds"), name: "w-ds" },
] as const;

describe("workloads of every kind on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  describe("one", () => {
    before(async () => {
      for (const { resource, draft } of kinds) await stage().admin.create(`${apps}/${resource}`, draft);
      const draft = autoscaler("prod", "w-deploy", { minReplicas: 1, maxReplicas: 5 });
      await stage().admin.create(scaler.replace(/\/[^/]*$/, ""), draft);
      for (const { name } of kinds)
        await eventually(
          () => podsOf(name),
          (pods) => pods.length === 2,
        );
    });
    after(async () => {
      await stage().admin.send("DELETE", scaler);
      for (const { resource, name } of kinds)
        await stage().admin.send("DELETE", `${apps}/${resource}/${name}`, {
          body: { propagationPolicy: "Background" },
        });
    });

    const podsOf = async (name: string) => {
      const pods = await stage().admin.list("/api/v1/namespaces/prod/pods", { labelSelector: `app=${name}` });
      return pods
        .filter(
          ({ metadata, status }) => !metadata.deletionTimestamp && (status as { phase?: string }).phase === "Running",
        )
        .map(({ metadata }) => metadata.uid);
    };
    const imageOf = async (resource: string, name: string) => {
      const { spec } = (await stage().admin.get(`${apps}/${resource}/${name}`)) as unknown as {
        spec: { template: { spec: { containers: readonly { image: string }[] } } };
      };
      return spec.template.spec.containers[0]?.image;
    };

    /** Asks, and gets every yes; answers how it ended, and the one effect in the API server's own log. */
    async function run(command: string) {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- 5xx since the deploy`);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      await reach(lab, id, "awaiting-approval");
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      const request = await finish(lab, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      const [effect, ...more] = await eventually(
        () => effectsOf(stage(), id),
        (effects) => effects.length > 0,
      );
      assert.deepEqual(more, []);
      assert.ok(effect && "outcome" in request);
      assert.deepEqual(request.outcome.apiAuditIds, [effect.auditID]);
      const { resource, subresource = "" } = effect.objectRef ?? {};
      return [effect.user.username?.split(":").at(-1), effect.verb, resource, subresource];
    }

    for (const { short, resource, name } of kinds) {
      it(`${short} is restarted, with exactly one effect, and every pod is another`, async () => {
        const before = await podsOf(name);
        assert.deepEqual(await run(`rollout restart ${short}/${name}`), [
          "countersign-rollout-restart",
          "patch",
          resource,
          "",
        ]);
        const now = await podsOf(name);
        assert.deepEqual(
          now.filter((uid) => before.includes(uid)),
          [],
        );
        assert.equal(now.length, 2);
      });

      it(`${short} gets another image, with exactly one effect, and is brought back with one more`, async () => {
        const old = await imageOf(resource, name);
        const fresh = `registry.example/${name}:2.0.0`;
        assert.deepEqual(await run(`set image ${short}/${name} ${name}=${fresh}`), [
          "countersign-set-image",
          "patch",
          resource,
          "",
        ]);
        assert.equal(await imageOf(resource, name), fresh);
        assert.deepEqual(await run(`rollout undo ${short}/${name}`), [
          "countersign-rollout-undo",
          "patch",
          resource,
          "",
        ]);
        assert.equal(await imageOf(resource, name), old);
      });
    }

    it("deploy has the bounds of its autoscaler moved, with exactly one effect", async () => {
      assert.deepEqual(await run("autoscale deploy/w-deploy --min=2 --max=9"), [
        "countersign-autoscale",
        "patch",
        "horizontalpodautoscalers",
        "",
      ]);
      const { minReplicas, maxReplicas } = (await stage().admin.get(scaler))["spec"] as Record<string, number>;
      assert.deepEqual([minReplicas, maxReplicas], [2, 9]);
    });

    it("sts is scaled through its subresource, with exactly one effect", async () => {
      assert.deepEqual(await run("scale sts/w-sts --replicas=3"), [
        "countersign-scale",
        "patch",
        "statefulsets",
        "scale",
      ]);
      assert.equal((await podsOf("w-sts")).length, 3);
    });
  });
});
