import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finished, Settled } from "../../src/request/request.ts";
import { approve, ask, clickAndHear, prove, reach, settle, textOf, told } from "../lab/acting.ts";
import { alice, approvals, bob, carol, incident } from "../lab/people.ts";
import type { Phone } from "../lab/phone.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const api = "/apis/apps/v1/namespaces/prod/deployments/api";
const change = /\/deployments\/api\/scale\?(?!.*dryRun)(?=.*fieldManager)/;

describe("an outcome that nobody knows, through the real processes", function () {
  this.timeout(90_000);
  const stage = onStage({ workers: 2, worker: { COUNTERSIGN_LEASE_SECONDS: "5" } });

  async function countersigned(line: string): Promise<{ readonly id: string; readonly his: Phone }> {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    const his = await lab.enrol(bob.sub);
    await approve(lab, bob, his, id);
    return { id, his };
  }
  const threadSays = (words: string) => {
    const { slack } = stage().lab;
    return until(slack, () =>
      slack
        .as(alice.id)
        .see()
        .messages.find((one) => textOf(one).includes(words)),
    );
  };

  it("after a SIGKILL and somebody else's change: a look says what is seen, and another person ends it", async () => {
    const { lab, double, admin, executions } = stage();
    double.faults.delay(800, change);
    const { id, his } = await countersigned("/k8s scale deploy/api --replicas=5 -n prod -- sale");
    while (!double.requests.some((request) => request.startsWith("PATCH") && change.test(request))) await sleep(5);
    const { request } = (await lab.store.read(id)) ?? {};
    assert.ok(request && "claim" in request);
    const pid = Number(request.claim?.worker.split("/").at(-1));
    await lab.workers.find((worker) => worker.pid === pid)?.kill();
    while (executions() === 0) await sleep(5);
    await admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
    await reach(lab, id, "unknown");

    assert.match(textOf(await clickAndHear(lab, alice, "ran", id)), /Nobody settles .* It takes somebody of sre\./);
    assert.match(textOf(await clickAndHear(lab, carol, "did-not-run", id)), /none of the groups that may settle this/);
    await clickAndHear(lab, alice, "look-again", id);
    await threadSays("The object does not show whether it was done. Now: spec.replicas is 4.");
    const form = await settle(lab, bob, his, { id, as: "ran", why: "the audit log of the cluster has the call" });
    assert.match(textOf(form.view), /What you said is recorded/);
    const { settlement, outcome } = (await reach(lab, id, "settled")) as Settled;
    assert.deepEqual([settlement.as, settlement.subject], ["ran", bob.sub]);
    assert.match(outcome.says, /look whether it was done before/);
    await told(lab, alice, incident, id);
    await threadSays("Settled by a person: bob@example.com says that it ran.");
    assert.equal(executions(), 1);

    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
    const kinds = [];
    for await (const { body } of lab.trail.entries()) kinds.push(JSON.parse(body).event.kind);
    assert.deepEqual(kinds.slice(kinds.indexOf("settlement.refused")), [
      "settlement.refused",
      "settlement.refused",
      "look.asked",
      "look.answered",
      "settlement.begun",
      "settlement.given",
    ]);
    await lab.start("worker");
  });

  it("where no call arrived: a look ends it for certain once none can arrive any more", async () => {
    const { lab, double, admin, executions } = stage();
    const before = executions();
    double.faults.drop("before-effect", change, 1_000);
    const { id } = await countersigned("/k8s scale deploy/api --replicas=6 -n prod -- sale");
    await reach(lab, id, "unknown");
    double.faults.clear();
    await clickAndHear(lab, alice, "look-again", id);
    await threadSays("does not show that it was done, but a call may still be on its way. Now: spec.replicas is 4.");
    await admin.patch(api, { metadata: { labels: { seen: "today" } } });
    await clickAndHear(lab, alice, "look-again", id);
    const { outcome } = (await reach(lab, id, "failed")) as Finished;
    assert.match(outcome.says, /Nothing was done\.$/);
    await told(lab, alice, incident, id);
    const { messages } = lab.slack.as(bob.id).see();
    assert.ok(!messages.some((one) => one.channel === approvals.id && textOf(one).includes("It did not run…")));
    assert.equal(executions(), before);
  });
});
