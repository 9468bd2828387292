import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, textOf, told, type } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const api = "/apis/apps/v1/namespaces/prod/deployments/api";

describe("labels, annotations and fields through the real processes", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("are set where the policy allows them, countersigned and each once; else the answer says what is allowed", async () => {
    const { lab, admin, double } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    const run = async (command: string, shown: string) => {
      const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- the team has moved`);
      await prove(lab, alice, hers, id);
      await reach(lab, id, "awaiting-approval");
      const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
      assert.ok(plan.includes(shown), `${shown} is not in ${plan}`);
      await approve(lab, bob, his, id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
    };
    await run("label deploy/api team=search", "web → search");
    await run("annotate deploy/api example.com/owner=search", "not set → search");
    await run("patch deploy/api --set=spec.minReadySeconds=1", "spec.minReadySeconds");
    const { metadata, spec } = await admin.get(api);
    assert.deepEqual([metadata.labels?.["team"], metadata.annotations?.["example.com/owner"]], ["search", "search"]);
    assert.equal((spec as { minReadySeconds?: number }).minReadySeconds, 1);
    const done = double.history.filter(
      ({ user, changed }) => changed && /:countersign-(label|annotate|patch)$/.test(user),
    );
    assert.equal(done.length, 3);

    const no = await type(lab, alice, incident, "/k8s label deploy/api tier=gold -n prod -- why not");
    assert.match(textOf(no), /The policy lets nobody label tier\..*Allowed are: team, example\.com\/\*/);
  });
});
