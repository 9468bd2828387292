import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, told } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const deployments = "/apis/apps/v1/namespaces/prod/deployments";

describe("a runbook through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("is asked for by its name, reviewed with every step, approved once, and run step by step", async () => {
    const { lab, admin } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    const line = "/k8s run recycle app=api namespace=prod replicas=5 -- traffic, and it leaks";
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, hers, id);
    await reach(lab, id, "awaiting-approval");
    const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
    for (const words of [
      "run recycle app=api namespace=prod replicas=5",
      "1. Deployment prod/api, spec.replicas: 3 → 5",
      "2. Deployment prod/api, ",
      "Step 1: 2 pods are added.",
      "Step 2: ",
    ])
      assert.ok(plan.includes(words), `${words} is not in ${plan}`);
    await approve(lab, bob, his, id);
    const request = await finish(lab, id);
    await told(lab, alice, incident, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    const { spec, metadata } = await admin.get(`${deployments}/api`);
    assert.equal((spec as { replicas?: number }).replicas, 5);
    assert.equal(metadata.annotations?.["countersign.dev/request"], `${id}-2`);
    const thread = JSON.stringify(lab.slack.as(alice.id).see().messages);
    assert.match(thread, /as countersign-scale and countersign-rollout-restart by/);
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });
});
