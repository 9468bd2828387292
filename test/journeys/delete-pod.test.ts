import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, told } from "../lab/acting.ts";
import { alice, bob, carol, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const pods = "/api/v1/namespaces/prod/pods";

describe("a removal of a pod through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("by eviction is planned on the very pod, countersigned, done once, and the pod has a successor", async () => {
    const { lab, admin, double } = stage();
    const ofApi = async () => (await admin.list(pods)).filter(({ metadata }) => metadata.labels?.["app"] === "api");
    const [victim, ...others] = await ofApi();
    assert.ok(victim);
    const { name, uid } = victim.metadata;
    const id = await ask(lab, alice, incident, `/k8s delete pod ${name} -n prod -- it hangs`);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
    for (const shown of [`Pod prod/${name}`, uid, "evicted", "puts another pod in its place"])
      assert.ok(plan.includes(shown), `${shown} is not in ${plan}`);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const request = await finish(lab, id);
    await told(lab, alice, incident, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    const evictions = double.history.filter(
      ({ user, changed }) => changed && user === "system:serviceaccount:countersign-operations:countersign-delete-pod",
    );
    assert.equal(evictions.length, 1);
    assert.ok((await ofApi()).every(({ metadata }) => metadata.uid !== uid));
    while ((await ofApi()).length <= others.length) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("by force is an operation of its own, which takes two approvals and asks no budget", async () => {
    const { lab, admin, double } = stage();
    const ofApi = async () => (await admin.list(pods)).filter(({ metadata }) => metadata.labels?.["app"] === "api");
    const [victim] = (await ofApi()).filter(({ metadata }) => !metadata.deletionTimestamp);
    assert.ok(victim);
    const { name, uid } = victim.metadata;
    const id = await ask(lab, alice, incident, `/k8s delete pod ${name} --force -n prod -- its node is gone`);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
    for (const shown of [uid, "removed at once", "may still be running", "critical"])
      assert.ok(plan.includes(shown), `${shown} is not in ${plan}`);
    for (const approver of [bob, carol]) {
      await approve(lab, approver, await lab.enrol(approver.sub), id);
      if (approver === bob) assert.equal((await lab.store.read(id))?.request.state, "awaiting-approval");
    }
    const request = await finish(lab, id);
    await told(lab, alice, incident, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    const removals = double.history.filter(
      ({ user, changed }) => changed && user.endsWith(":countersign-delete-pod-force"),
    );
    assert.deepEqual(
      removals.map(({ verb, resource, subresource }) => [verb, resource, subresource]),
      [["delete", "pods", ""]],
    );
    assert.ok((await ofApi()).every(({ metadata }) => metadata.uid !== uid));
  });
});
