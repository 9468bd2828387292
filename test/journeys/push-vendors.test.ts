import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { approve, ask, finish, reach, submit, textOf } from "../lab/acting.ts";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { openPushForm, typeCode } from "../lab/pushing.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("a Duo push, through the real processes", function () {
  this.timeout(40_000);
  const stage = onStage({ provider: "duo", webs: 2 });

  it("proves presence with the code carried back, by Duo's word alone", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, restart);
    const form = await openPushForm(lab, alice, id, "prove", "by-duo");
    const push = lab.duo?.inbox(alice.sub).at(-1) ?? assert.fail("nothing came");
    assert.match(push.shown["Operation"] ?? "", /^rollout restart deploy\/api -n prod/);
    assert.equal(push.shown["For"], "to run");
    lab.duo?.tap(push.txid, "allow");
    const done = await typeCode(lab, alice, form, push.shown["Code to type in Slack"] ?? "");
    assert.match(textOf(done.view), /Your presence is proved/);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const request = await finish(lab, id);
    assert.deepEqual([request.state, executions()], ["succeeded", 1]);
    assert.ok("proof" in request);
    assert.deepEqual([request.proof?.authenticator, request.proof?.evidence], ["duo", undefined]);
  });

  it("attack: fraud on the device ends the request and tells the security channel, without anybody typing", async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, restart);
    await openPushForm(lab, alice, id, "prove", "by-duo");
    lab.duo?.tap(lab.duo.inbox(alice.sub).at(-1)?.txid ?? "", "fraud");
    const request = await finish(lab, id);
    assert.deepEqual(["ended" in request && request.ended.by, request.state], [alice.sub, "cancelled"]);
    const alarm = await until(lab.slack, () =>
      lab.slack
        .as(bob.id)
        .see()
        .messages.find(
          (one) => one.channel === approvals.id && textOf(one.blocks).includes("was not asked for by them"),
        ),
    );
    assert.match(textOf(alarm.blocks), /alice@example\.com/);
  });

  it("leaves Duo's secret and transactions neither in a line, nor in Slack, nor in the trail", async () => {
    const { lab } = stage();
    const entries: string[] = [];
    for await (const { body } of lab.trail.entries()) entries.push(body);
    const seen = JSON.stringify([lab.lines(), entries, lab.slack.as(alice.id).see(), lab.slack.as(bob.id).see()]);
    const pushes = lab.duo?.inbox(alice.sub) ?? [];
    assert.equal(pushes.length, 2);
    for (const secret of [lab.duo?.secret ?? "none", ...pushes.map(({ txid }) => txid)])
      assert.ok(!seen.includes(secret));
  });
});

describe("a push through Okta's direct authentication, through the real processes", function () {
  this.timeout(40_000);
  const stage = onStage({ provider: "okta", webs: 2 });

  it("shows Okta's number in the form, waits for it to be picked, and the worker checks the token again", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, restart);
    const form = await openPushForm(lab, alice, id, "prove", "by-okta");
    assert.match(textOf(form.view), /Pick this number there: +95/);
    const early = await submit(lab, alice, form, {});
    assert.match(textOf(early.view), /Your device has not answered yet/);
    lab.okta?.approve(lab.okta.inbox(alice.sub).at(-1)?.id ?? "", "95");
    let done = early;
    while (!textOf(done.view).includes("Your presence is proved")) {
      done = await submit(lab, alice, done, {});
      await sleep(100);
    }
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const request = await finish(lab, id);
    assert.deepEqual([request.state, executions()], ["succeeded", 1]);
    assert.ok("proof" in request);
    assert.deepEqual([request.proof?.authenticator, request.proof?.evidence?.kind], ["okta", "id-token"]);
  });

  it("attack: sends no plain push that would count, and says what would help", async () => {
    const { lab } = stage();
    if (lab.okta) lab.okta.number = undefined;
    const id = await ask(lab, alice, incident, restart);
    await assert.rejects(
      Promise.race([
        openPushForm(lab, alice, id, "prove", "by-okta"),
        until(lab.slack, () =>
          lab.slack
            .as(alice.id)
            .see()
            .views.find((one) => /mere yes or no.*turn its number challenge on/s.test(textOf(one.view))),
        ).then(() => assert.fail("refused in words")),
      ]),
      /refused in words/,
    );
    lab.okta?.approve(lab.okta.inbox(alice.sub).at(-1)?.id ?? "");
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-challenge");
  });
});
