import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { deployments, effectsOf, onRealStage, operations } from "./stage.ts";

describe("a runbook on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  it("runs each step once, under the account of its own operation, with a ticket each", async () => {
    const { lab, admin } = stage();
    const line = "/k8s run recycle app=api namespace=prod replicas=4 -- traffic, and it leaks";
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const request = await finish(lab, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    const effects = [];
    for (const [step, account, subresource] of [
      [1, "countersign-scale", "scale"],
      [2, "countersign-rollout-restart", undefined],
    ] as const) {
      const [effect, ...more] = await eventually(
        () => effectsOf(stage(), `${id}-${step}`),
        (all) => all.length > 0,
      );
      assert.ok(effect);
      assert.deepEqual(more, []);
      assert.equal(effect.user.username, `system:serviceaccount:countersign-operations:${account}`);
      assert.deepEqual([effect.objectRef?.name, effect.objectRef?.subresource], ["api", subresource]);
      effects.push(effect.auditID);
      const ticket = await admin.get(`${operations}/configmaps/${id}-${step}`);
      assert.equal(ticket["immutable"], true);
    }
    assert.ok("outcome" in request);
    assert.deepEqual(request.outcome.apiAuditIds, effects);
    const { spec, metadata } = await admin.get(`${deployments}/api`);
    assert.equal((spec as { replicas?: number }).replicas, 4);
    assert.equal(metadata.annotations?.["countersign.dev/request"], `${id}-2`);
  });
});
