import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, told } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const api = "/apis/apps/v1/namespaces/prod/deployments/api";

describe("a pause and a resume through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("are asked for, countersigned and done one after the other", async () => {
    const { lab, admin } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    const isPaused = async () => ((await admin.get(api)) as { spec?: { paused?: boolean } }).spec?.paused === true;
    const run = async (command: string, shown: readonly string[]) => {
      const id = await ask(lab, alice, incident, `/k8s ${command} deploy/api -n prod -- the new image crashes`);
      await prove(lab, alice, hers, id);
      await reach(lab, id, "awaiting-approval");
      const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
      for (const words of shown) assert.ok(plan.includes(words), `${words} is not in ${plan}`);
      await approve(lab, bob, his, id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
    };
    await run("rollout pause", ["Deployment prod/api", "spec.paused", "stops where it is"]);
    assert.equal(await isPaused(), true);
    await run("rollout resume", ["Deployment prod/api", "rolls out now"]);
    assert.equal(await isPaused(), false);
  });
});
