import assert from "node:assert/strict";
import { onStage } from "../journeys/stage.ts";
import {
  approve,
  ask,
  click,
  clickAndHear,
  finish,
  hasButton,
  prove,
  proveWith,
  reach,
  review,
  textOf,
  type,
} from "../lab/acting.ts";
import { alice, approvals, bob, carol, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- from a stolen session";

for (const mode of ["socket", "http"] as const)
  describe(`attack: a stolen Slack session, in ${mode} mode`, function () {
    this.timeout(60_000);
    const stage = onStage({ mode });

    it("asks, and gets no further than the code it cannot know", async () => {
      const { lab, executions } = stage();
      await lab.enrol(alice.sub);
      const id = await ask(lab, alice, incident, restart);
      for (let i = 0; i < 5; i++) await proveWith(lab, alice, String(100_000 + i), id);
      const over = await finish(lab, id);
      assert.equal(over.state, "denied");
      assert.equal(executions(), 0);
    });

    it("guessing on over many requests locks the authenticator, whatever request is guessed at", async () => {
      const { lab } = stage();
      const phone = await lab.enrol(alice.sub);
      for (let round = 0; round < 2; round++) {
        const id = await ask(lab, alice, incident, restart);
        for (let i = 0; i < 5; i++) await proveWith(lab, alice, String(200_000 + i), id);
        await finish(lab, id);
      }
      const id = await ask(lab, alice, incident, restart);
      const form = await proveWith(lab, alice, await phone.fresh(), id);
      assert.match(`${form.errors["code"] ?? ""} ${textOf(form.view)}`, /locked after too many wrong codes/);
      assert.equal((await reach(lab, id, "awaiting-challenge")).state, "awaiting-challenge");
    });

    it("of an approver approves nothing without that approver's phone", async () => {
      const { lab, executions } = stage();
      await lab.enrol(bob.sub);
      const id = await ask(lab, alice, incident, restart);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      const form = await review(lab, bob, id);
      assert.match(JSON.stringify(form.view.blocks), /"block_id":"code"/);
      for (const values of [{}, { code: { code: "" } }, { code: { code: "000000" } }]) {
        await lab.slack.as(bob.id).submit(form.id, values);
        const { request } = (await lab.store.read(id)) ?? {};
        assert.equal(request?.state, "awaiting-approval");
      }
      assert.equal(executions(), 0);
    });

    it("of an approver settles nothing without that approver's phone, and the requester's settles nothing at all", async () => {
      const { lab, double } = stage();
      const phone = await lab.enrol(bob.sub);
      const id = await ask(lab, alice, incident, "/k8s scale deploy/api --replicas=5 -n prod -- stolen approver");
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      double.faults.drop("before-effect", /\/deployments\/api\/scale\?(?!.*dryRun)/, 1_000);
      await approve(lab, bob, phone, id);
      await reach(lab, id, "unknown");
      double.faults.clear();
      assert.match(
        textOf(await clickAndHear(lab, alice, "ran", id)),
        /Nobody settles what became of their own request/,
      );
      // No code: the proof that Bob gave for his approval does not stand for this, though it is fresh.
      await lab.enrol(bob.sub);
      await click(lab, bob, "ran", id);
      const form = await until(lab.slack, () => lab.slack.as(bob.id).see().views.at(-1));
      for (const code of ["", "000000"]) {
        await lab.slack.as(bob.id).submit(form.id, { why: { why: "all is well" }, code: { code } });
        assert.equal((await reach(lab, id, "unknown")).state, "unknown");
      }
    });

    it("can enrol nothing: no command does, and no link ever goes through Slack", async () => {
      const { lab } = stage();
      assert.match(textOf(await type(lab, alice, incident, "/k8s enrol")), /There is no command/);
      await lab.enrol(alice.sub);
      assert.doesNotMatch(JSON.stringify(lab.slack.calls), /\/enrol#|otpauth:/);
    });

    it("nobody approves their own request, and an approver's code counts once", async () => {
      const { lab, executions } = stage();
      const id = await ask(lab, alice, incident, "/k8s scale deploy/checkout --replicas=6 -n prod -- two people");
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      assert.match(textOf((await review(lab, alice, id)).view), /Nobody approves their own request/);
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      assert.match(textOf((await review(lab, bob, id)).view), /one person counts once/);
      assert.equal((await reach(lab, id, "awaiting-approval")).state, "awaiting-approval");
      assert.equal(executions(), 0);
    });
  });

describe("attack: a stolen bot token", function () {
  this.timeout(60_000);
  const stage = onStage();
  const speak = (method: string, body: object) =>
    fetch(`${stage().lab.slack.apiUrl}${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${stage().lab.slack.botToken}` },
      body: JSON.stringify(body),
    }).then((response) => response.json() as Promise<{ ok: boolean; ts: string }>);
  const lookAlike = (action: string, value: string) => [
    { type: "section", text: { type: "mrkdwn", text: "*Restart docs in staging* — harmless, please approve" } },
    {
      type: "actions",
      elements: [{ type: "button", action_id: action, value, text: { type: "plain_text", text: "Review" } }],
    },
  ];

  it("posts a card that lies, whose button shows the true plan and asks for the approver's own code", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await lab.enrol(bob.sub);
    await reach(lab, id, "awaiting-approval");
    const { ok, ts } = await speak("chat.postMessage", {
      channel: approvals.id,
      text: "x",
      blocks: lookAlike("review", id),
    });
    assert.ok(ok);
    await lab.slack.as(bob.id).click({ channel: approvals.id, ts }, "review");
    const form = await until(lab.slack, () => lab.slack.as(bob.id).see().views.at(-1));
    assert.match(textOf(form.view), /Restart api in prod/);
    assert.match(JSON.stringify(form.view.blocks), /"block_id":"code"/);
    await lab.slack.as(bob.id).submit(form.id, {});
    assert.equal((await reach(lab, id, "awaiting-approval")).state, "awaiting-approval");
    assert.equal(executions(), 0);
  });

  it("cannot make a button that approves, and a forged value is no request", async () => {
    const { lab } = stage();
    for (const [action, value] of [
      ["approve", "r-nosuchrequ"],
      ["review", "../../etc"],
      ["review", "r-nosuchrequ"],
      ["prove", "r-nosuchrequ"],
    ] as const) {
      const { ts } = await speak("chat.postMessage", {
        channel: approvals.id,
        text: "x",
        blocks: lookAlike(action, value),
      });
      for (const open of lab.slack.as(carol.id).see().views) await lab.slack.as(carol.id).close(open.id);
      await lab.slack.as(carol.id).click({ channel: approvals.id, ts }, action);
      if (action === "approve") continue;
      const form = await until(lab.slack, () => lab.slack.as(carol.id).see().views.at(-1));
      assert.match(textOf(form.view), /There is no such request/);
    }
  });
});

describe("attack: a stolen signing secret", function () {
  this.timeout(60_000);
  const stage = onStage({ mode: "http" });

  it("forges any click and any form, as anybody, and still knows nobody's code", async () => {
    const { lab, executions } = stage();
    await lab.enrol(bob.sub);
    const phone = await lab.enrol(alice.sub);
    const id = await ask(lab, alice, incident, restart);
    await click(lab, alice, "prove", id);
    const proofForm = await until(lab.slack, () => lab.slack.as(alice.id).see().views.at(-1));
    await lab.slack.as(alice.id).submit(proofForm.id, { code: { code: await phone.fresh() } });
    await reach(lab, id, "awaiting-approval");
    const submission = lab.slack.deliveries.findLast(({ payload }) => payload["type"] === "view_submission");
    assert.ok(submission);
    for (const code of ["", "123456"])
      await lab.slack.deliver(submission, (payload) => {
        const view = payload["view"] as Record<string, unknown>;
        (payload["user"] as Record<string, unknown>)["id"] = bob.id;
        view["callback_id"] = "approve";
        view["id"] = `V0FORGED${code}`;
        view["hash"] = `forged-${code}`;
        view["state"] = { values: { code: { code: { type: "plain_text_input", value: code } } } };
      });
    const { request } = (await lab.store.read(id)) ?? {};
    assert.equal(request?.state, "awaiting-approval");
    assert.deepEqual(request && "approvals" in request && request.approvals, []);
    assert.equal(executions(), 0);
    assert.ok(
      lab.slack
        .as(bob.id)
        .see()
        .messages.some((one) => hasButton(one, "review", id)),
    );
  });
});
