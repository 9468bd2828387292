import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, textOf, told, type } from "../lab/acting.ts";
import { autoscaler, daemonSet, statefulSet } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const scalers = "/apis/autoscaling/v2/namespaces/prod/horizontalpodautoscalers";
const apps = "/apis/apps/v1/namespaces/prod";

describe("workloads of every kind through the real processes", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("are restarted, scaled, given another image and brought back, each countersigned and done once", async () => {
    const { lab, admin, double } = stage();
    await admin.create(`${apps}/statefulsets`, statefulSet("prod", "orders-db", 3));
    await admin.create(`${apps}/daemonsets`, daemonSet("prod", "log-agent"));
    const run = async (command: string, shown: readonly string[]) => {
      const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- 5xx since the deploy`);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      await reach(lab, id, "awaiting-approval");
      const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
      for (const words of shown) assert.ok(plan.includes(words), `${words} is not in ${plan}`);
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
    };
    const imageOf = async (path: string) => {
      const { spec } = (await admin.get(`${apps}/${path}`)) as unknown as {
        spec: { template: { spec: { containers: readonly { image: string }[] } } };
      };
      return spec.template.spec.containers[0]?.image;
    };

    await run("rollout restart sts/orders-db", ["StatefulSet prod/orders-db", "at most 1 missing at once"]);
    await run("rollout restart daemonset/log-agent", ["DaemonSet prod/log-agent", "at most 1 missing at once"]);
    await run("scale sts/orders-db --replicas=4", ["spec.replicas: 3 → 4"]);
    const [old, fresh] = ["registry.example/log-agent:1.0.0", "registry.example/log-agent:2.0.0"];
    await run(`set image ds/log-agent log-agent=${fresh}`, [
      `container log-agent: image: ${old} → ${fresh}`,
      "only a digest names one image for good",
    ]);
    assert.equal(await imageOf("daemonsets/log-agent"), fresh);
    await run("rollout undo ds/log-agent", ["revision: 3 → 2 again", `container log-agent: image: ${fresh} → ${old}`]);
    assert.equal(await imageOf("daemonsets/log-agent"), old);
    await run("rollout undo sts/orders-db --to-revision=1", [
      "revision: 2 → 1 again",
      "annotation kubectl.kubernetes.io",
    ]);

    await admin.create(scalers, autoscaler("prod", "api", { minReplicas: 2, maxReplicas: 5 }));
    await run("autoscale deploy/api --max=9", ["HorizontalPodAutoscaler prod/api", "spec.maxReplicas: 5 → 9"]);
    const { maxReplicas } = (await admin.get(`${scalers}/api`))["spec"] as { maxReplicas: number };
    assert.equal(maxReplicas, 9);

    const done = double.history.filter(
      ({ user, changed, resource }) => changed && /operations:/.test(user) && /sets$/.test(resource),
    );
    assert.deepEqual(
      done.map(({ user, resource }) => `${user.split(":").at(-1)} ${resource}`),
      [
        "countersign-rollout-restart statefulsets",
        "countersign-rollout-restart daemonsets",
        "countersign-scale statefulsets",
        "countersign-set-image daemonsets",
        "countersign-rollout-undo daemonsets",
        "countersign-rollout-undo statefulsets",
      ],
    );
  });

  it("get no image from a registry the policy does not name, and say from where they may", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const line = "/k8s set image deploy/api api=registry.example.evil.org/api:2 -n prod -- x";
    const answer = textOf(await type(lab, alice, incident, line));
    assert.match(answer, /allows no image registry\.example\.evil\.org\/api:2/);
    assert.match(answer, /registry\.example/);
    assert.equal(executions(), before);
  });
});
