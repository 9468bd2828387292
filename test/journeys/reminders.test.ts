import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { approve, ask, finish, prove, reach, textOf, type } from "../lab/acting.ts";
import { alice, approvals, bob, carol, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const example = readFileSync(new URL("../../manifests/overlays/example/policy.yaml", import.meta.url), "utf8");
const calls = "remind: 2s, escalate: { after: 4s, to: [C0INCIDENT, group:security] }";
const policy = example
  .replace("count: 1, from: [sre]", `count: 1, from: [sre], ${calls}`)
  .replace(
    "count: 2, from: [sre, security]",
    "count: 3, from: [sre, security], escalate: { after: 1h, to: [C0INCIDENT] }",
  );
const line = "scale deploy/api --replicas=5 -n prod";

describe("reminders and escalation through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ policy, webs: 2 });
  const seen = (words: RegExp, channel: string) =>
    until(stage().lab.slack, () => all(channel).find((one) => words.test(textOf(one.blocks))));
  const all = (channel: string) =>
    stage()
      .lab.slack.as(alice.id)
      .see()
      .messages.filter((one) => one.channel === channel);

  it("call who can approve under the card, then whom the policy names, each once, and nobody once it is granted", async () => {
    const { lab } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    assert.match(
      textOf(await type(lab, alice, incident, `/k8s why ${line}`)),
      /reminded after 2 seconds; it is escalated to the channel C0INCIDENT and the group security after 4 seconds/,
    );
    const id = await ask(lab, alice, incident, `/k8s ${line} -- sale`);
    await prove(lab, alice, hers, id);
    await reach(lab, id, "awaiting-approval");
    const reminder = await seen(/Still waiting\s+for 1 more of sre/, approvals.id);
    const card = all(approvals.id).find((one) => !one.threadTs && textOf(one.blocks).includes(id));
    assert.ok(card && reminder.threadTs === card.ts);
    assert.ok(JSON.stringify(reminder.blocks).includes(`"user_id":"${bob.id}"`));
    const escalation = await seen(/Still waiting for approval/, incident.id);
    assert.ok(!escalation.threadTs && JSON.stringify(escalation.blocks).includes(`"user_id":"${carol.id}"`));
    await approve(lab, bob, his, id);
    assert.equal((await finish(lab, id)).state, "succeeded");

    const quick = await ask(lab, alice, incident, `/k8s ${line.replace("5", "6")} -- sale`);
    await prove(lab, alice, hers, quick);
    await approve(lab, bob, his, quick);
    assert.equal((await finish(lab, quick)).state, "succeeded");
    const kinds: string[] = [];
    for await (const { body } of lab.trail.entries()) kinds.push(JSON.parse(body).event.kind);
    const told = kinds.filter((kind) => kind === "approval.reminded" || kind === "approval.escalated");
    assert.deepEqual(told.slice(0, 2), ["approval.reminded", "approval.escalated"]);
    assert.equal(all(approvals.id).filter((one) => one.threadTs === card.ts).length, 1);
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });

  it("escalate at once where nobody could complete the approvals, and say so to the requester", async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/checkout -n prod -- 5xx");
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await seen(/Still waiting for approval: Restart checkout/, incident.id);
    await seen(/Nobody can complete the approvals now.*escalated to the channel C0INCIDENT at once\./s, incident.id);
  });
});
