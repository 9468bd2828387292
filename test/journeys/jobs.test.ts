import assert from "node:assert/strict";
import { approve, ask, finish, prove, reach, review, told } from "../lab/acting.ts";
import { cronJob } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const batch = "/apis/batch/v1/namespaces/prod";
const nightly = `${batch}/cronjobs/nightly-report`;

describe("cronjobs through the real processes", function () {
  this.timeout(120_000);
  const stage = onStage({ webs: 1, workers: 2 });

  it("are suspended, run by hand all the same, and resumed, each countersigned and done once", async () => {
    const { lab, admin, double } = stage();
    await admin.create(`${batch}/cronjobs`, cronJob("prod", "nightly-report"));
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    const run = async (command: string, shown: readonly string[]) => {
      const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- the report was wrong`);
      await prove(lab, alice, hers, id);
      await reach(lab, id, "awaiting-approval");
      const plan = JSON.stringify((await review(lab, bob, id)).view.blocks);
      for (const words of [...shown.map((one) => one.replace("ID", id)), "CronJob prod/nightly-report"])
        assert.ok(plan.includes(words), `${words} is not in ${plan}`);
      await approve(lab, bob, his, id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      return id;
    };
    const isSuspended = async () => ((await admin.get(nightly)) as { spec?: { suspend?: boolean } }).spec?.suspend;

    await run("suspend cj/nightly-report", ["spec.suspend", "No more jobs are made by its schedule"]);
    assert.equal(await isSuspended(), true);
    const id = await run("create job --from=cronjob/nightly-report", [
      "the job nightly-report-ID",
      "registry.example/report:1.0.0",
      "The cronjob is suspended; this runs it all the same.",
    ]);
    const { metadata } = await admin.get(`${batch}/jobs/nightly-report-${id}`);
    assert.equal(metadata.ownerReferences?.[0]?.name, "nightly-report");
    assert.equal(metadata.annotations?.["countersign.dev/request"], id);
    await run("resume cj/nightly-report", ["Jobs are made again by its schedule: 0 3 * * *."]);
    assert.equal(await isSuspended(), false);
    const done = double.history.filter(({ user, changed }) => changed && /cronjob$|create-job$/.test(user));
    assert.deepEqual(
      done.map(({ user }) => user.split(":").at(-1)),
      ["countersign-suspend-cronjob", "countersign-create-job", "countersign-resume-cronjob"],
    );
  });
});
