import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { alice, bob, carol, incident, type LabPersonage } from "../lab/people.ts";
import { deployments, effectsOf, onRealStage, podsOf } from "./stage.ts";

describe("changes of one object on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  /** Asks, and gets every yes; answers the one effect in the API server's own log. */
  async function run(command: string, approvers: readonly LabPersonage[] = [bob]) {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- it has to be`);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    for (const approver of approvers) {
      await reach(lab, id, "awaiting-approval");
      await approve(lab, approver, await lab.enrol(approver.sub), id);
    }
    const request = await finish(lab, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    const [effect, ...more] = await eventually(
      () => effectsOf(stage(), id),
      (effects) => effects.length > 0,
    );
    assert.deepEqual(more, []);
    assert.ok(effect && "outcome" in request);
    assert.deepEqual(request.outcome.apiAuditIds, [effect.auditID]);
    return [effect.verb, effect.objectRef?.resource, effect.user.username?.split(":").at(-1)];
  }
  const api = () => stage().admin.get(`${deployments}/api`);

  it("holds the rollouts of a deployment, and lets it roll again", async () => {
    assert.deepEqual(await run("rollout pause deploy/api"), ["patch", "deployments", "countersign-rollout-pause"]);
    assert.equal(((await api())["spec"] as { paused?: boolean }).paused, true);
    assert.deepEqual(await run("rollout resume deploy/api"), ["patch", "deployments", "countersign-rollout-resume"]);
    assert.notEqual(((await api())["spec"] as { paused?: boolean }).paused, true);
  });

  it("labels and annotates it, and sets a number of its spec, where the policy allows that", async () => {
    assert.deepEqual(await run("label deploy/api team=search"), ["patch", "deployments", "countersign-label"]);
    assert.deepEqual(await run("annotate deploy/api example.com/owner=search"), [
      "patch",
      "deployments",
      "countersign-annotate",
    ]);
    assert.deepEqual(await run("patch deploy/api --set=spec.minReadySeconds=1"), [
      "patch",
      "deployments",
      "countersign-patch",
    ]);
    const { metadata, spec } = await api();
    assert.deepEqual([metadata.labels?.["team"], metadata.annotations?.["example.com/owner"]], ["search", "search"]);
    assert.equal((spec as { minReadySeconds?: number }).minReadySeconds, 1);
  });

  it("removes a pod by force with two approvals, and another takes its place", async () => {
    const { admin } = stage();
    const before = await podsOf(admin, "api");
    const pods = await admin.list("/api/v1/namespaces/prod/pods", { labelSelector: "app=api" });
    const victim = pods.find(({ metadata }) => before.includes(metadata.uid));
    assert.ok(victim);
    const effect = await run(`delete pod/${victim.metadata.name} --force`, [bob, carol]);
    assert.deepEqual(effect, ["delete", "pods", "countersign-delete-pod-force"]);
    const after = await eventually(
      () => podsOf(admin, "api"),
      (uids) => uids.length === before.length,
    );
    assert.ok(!after.includes(victim.metadata.uid));
  });
});
