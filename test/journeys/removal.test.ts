import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, told } from "../lab/acting.ts";
import { statefulSet } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const secret = "hunter2-that-nobody-is-shown";
const settings = "/api/v1/namespaces/prod/configmaps/old-settings";
const database = "/apis/apps/v1/namespaces/prod/statefulsets/old-db";

describe("removals through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("are countersigned, done once, and undone with what was kept, which nobody is shown in Slack", async () => {
    const { lab, admin, double } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    await admin.create("/apis/apps/v1/namespaces/prod/statefulsets", statefulSet("prod", "old-db", 1));
    await admin.create("/api/v1/namespaces/prod/configmaps", {
      metadata: { name: "old-settings", namespace: "prod" },
      data: { PASSWORD: secret },
    });
    const remove = async (object: string, shown: readonly string[]) => {
      const id = await ask(lab, alice, incident, `/k8s delete ${object} -n prod -- nothing uses it any more`);
      await prove(lab, alice, hers, id);
      await reach(lab, id, "awaiting-approval");
      const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
      for (const words of [...shown, "Its manifest is kept"])
        assert.ok(plan.includes(words), `${words} is not in ${plan}`);
      await approve(lab, bob, his, id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      return id;
    };
    await remove("sts/old-db --cascade=foreground", ["StatefulSet prod/old-db", "propagation Foreground"]);
    assert.equal((await admin.send("GET", database)).status, 404);
    const id = await remove("cm/old-settings", ["ConfigMap prod/old-settings", "PASSWORD", "No pod of the namespace"]);
    assert.equal((await admin.send("GET", settings)).status, 404);
    const removed = double.history.filter(({ user, changed }) => changed && /countersign-delete-/.test(user));
    assert.deepEqual(
      removed.map(({ user }) => user.split(":").at(-1)),
      ["countersign-delete-statefulset", "countersign-delete-configmap"],
    );

    const seen = [alice, bob].map((person) => JSON.stringify(lab.slack.as(person.id).see())).join();
    assert.ok(!seen.includes(secret));
    const trail = await lab.cli("audit", "export");
    assert.equal(trail.code, 0, trail.stderr);
    assert.ok(!trail.stdout.includes(secret));
    const kept = await lab.cli("audit", "kept", id);
    assert.equal(kept.code, 0, kept.stderr);
    await admin.create("/api/v1/namespaces/prod/configmaps", JSON.parse(kept.stdout));
    assert.deepEqual((await admin.get(settings))["data"], { PASSWORD: secret });
  });
});
