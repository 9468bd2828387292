import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { cronJob } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { effectsOf, onRealStage } from "./stage.ts";

const batch = "/apis/batch/v1/namespaces/prod";
const nightly = `${batch}/cronjobs/by-night`;

describe("cronjobs on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });
  describe("one", () => {
    before(async () => {
      await stage().admin.create(`${batch}/cronjobs`, cronJob("prod", "by-night"));
    });
    after(async () => {
      await stage().admin.send("DELETE", nightly, { body: { propagationPolicy: "Foreground" } });
    });

    /** Asks, and gets every yes; answers how it ended, and the one effect in the API server's own log. */
    async function run(command: string) {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, `/k8s ${command} -n prod -- the report was wrong`);
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
      return { id, account: effect.user.username?.split(":").at(-1), what: effect.objectRef, verb: effect.verb };
    }
    const isSuspended = async () =>
      ((await stage().admin.get(nightly)) as { spec?: { suspend?: boolean } }).spec?.suspend;

    it("is suspended, with exactly one effect", async () => {
      const { account, what, verb } = await run("suspend cronjob/by-night");
      assert.deepEqual(
        [account, verb, what?.resource, what?.name],
        ["countersign-suspend-cronjob", "patch", "cronjobs", "by-night"],
      );
      assert.equal(await isSuspended(), true);
    });

    it("is run by hand, with exactly one effect, as the CronJob's own and past every admission policy", async () => {
      const { id, account, what, verb } = await run("create job --from=cronjob/by-night");
      assert.deepEqual([account, verb, what?.resource], ["countersign-create-job", "create", "jobs"]);
      const { metadata } = await stage().admin.get(`${batch}/jobs/by-night-${id}`);
      assert.deepEqual(
        [metadata.ownerReferences?.[0]?.kind, metadata.ownerReferences?.[0]?.name],
        ["CronJob", "by-night"],
      );
    });

    it("is resumed, with exactly one effect", async () => {
      const { account, verb } = await run("resume cronjob/by-night");
      assert.deepEqual([account, verb], ["countersign-resume-cronjob", "patch"]);
      assert.equal(await isSuspended(), false);
    });

    it("that is not there has its jobs taken away by the garbage collector", async () => {
      const { admin } = stage();
      const uid = "00000000-0000-4000-8000-000000000000";
      const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "not-there", uid, controller: true };
      const { jobTemplate } = (await admin.get(nightly))["spec"] as { jobTemplate: { spec: object } };
      const metadata = { name: "forged", ownerReferences: [owner] };
      await admin.create(`${batch}/jobs`, { metadata, spec: jobTemplate.spec });
      await eventually(
        () => admin.send("GET", `${batch}/jobs/forged`),
        ({ status }) => status === 404,
        30_000,
      );
    });
  });
});
