import assert from "node:assert/strict";
import type { App } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { type Mode, type RunningApp, startBoltApp } from "./bolt-app.ts";
import { startSlackDouble } from "./slack-double.ts";
import { until } from "./until.ts";
import type { Message, SlackDouble } from "./workspace.ts";

const ALICE = { id: "U1", name: "alice", realName: "Alice Adams" };
const BOB = { id: "U2", name: "bob", realName: "Bob Brown" };
const OPS = { id: "C1", name: "ops", members: ["U1", "U2"] };

const reasonModal: ModalView = {
  type: "modal",
  callback_id: "reason",
  private_metadata: "r-1",
  title: { type: "plain_text", text: "Why?" },
  submit: { type: "plain_text", text: "Go" },
  blocks: [
    {
      type: "input",
      block_id: "why",
      label: { type: "plain_text", text: "Reason" },
      element: { type: "plain_text_input", action_id: "text" },
    },
  ],
};

/** The smallest app with the whole flow: command -> card -> click -> modal -> submission -> card without buttons. */
function listen(app: App): void {
  let card: { channel: string; ts: string } | undefined;
  app.command("/k8s", async ({ ack, command, client, respond }) => {
    await ack({ response_type: "ephemeral", text: `asked: ${command.text}` });
    const posted = await client.chat.postMessage({
      channel: command.channel_id,
      text: "card",
      blocks: [
        {
          type: "actions",
          elements: [
            { type: "button", action_id: "review", value: "r-1", text: { type: "plain_text", text: "Review" } },
          ],
        },
      ],
    });
    card = { channel: command.channel_id, ts: posted.ts ?? "" };
    await respond({ text: "through the response_url" });
  });
  app.action("review", async ({ ack, body, client }) => {
    await Promise.all([
      ack(),
      client.views.open({ trigger_id: "trigger_id" in body ? body.trigger_id : "", view: reasonModal }),
    ]);
  });
  app.view("reason", async ({ ack, view, body, client }) => {
    const reason = view.state.values["why"]?.["text"]?.value;
    if (reason === "because") return ack({ response_action: "errors", errors: { why: "Say more." } });
    await ack();
    if (card) await client.chat.update({ ...card, text: `${body.user.id}: ${reason}`, blocks: [] });
  });
}

for (const mode of ["http", "socket"] satisfies Mode[]) {
  describe(`the Slack double with a Bolt app in ${mode} mode`, () => {
    let slack: SlackDouble;
    let running: RunningApp;

    beforeEach(async () => {
      slack = await startSlackDouble({ people: [ALICE, BOB], channels: [OPS] });
      running = await startBoltApp(slack, mode, listen);
    });

    afterEach(async () => {
      await running.stop();
      await slack.close();
    });

    it("carries a command, a click and a submission to the app and its answers back", async () => {
      const alice = slack.as("U1");
      const bob = slack.as("U2");
      assert.deepEqual(await alice.command("C1", "/k8s get pods"), { ok: true });
      await seen(slack, "U1", ({ viaResponseUrl }) => viaResponseUrl === true);
      assert.deepEqual(texts(slack, "U1").sort(), ["asked: get pods", "card", "through the response_url"]);
      assert.deepEqual(texts(slack, "U2"), ["card"]);

      const card = await seen(slack, "U2", ({ text }) => text === "card");
      assert.deepEqual(await bob.click(card, "review"), { ok: true });
      const modal = await until(slack, () => bob.see().views[0]);
      assert.equal(modal.view.private_metadata, "r-1");

      assert.deepEqual(await bob.submit(modal.id, { why: { text: "because" } }), { ok: true });
      assert.deepEqual(bob.see().views[0]?.errors, { why: "Say more." });
      assert.deepEqual(await bob.submit(modal.id, { why: { text: "5xx" } }), { ok: true });
      assert.deepEqual(bob.see().views, []);

      await seen(slack, "U1", ({ text }) => text === "U2: 5xx");
      assert.equal((await bob.click(card, "review")).ok, false);
    });
  });
}

describe("the Slack double", () => {
  it("is not ready when it is closed before the app is there", async () => {
    const slack = await startSlackDouble();
    const ready = assert.rejects(slack.ready(), /closed/);
    await slack.close();
    await ready;
  });

  it("tells of every change until told to stop", async () => {
    const slack = await startSlackDouble({ people: [ALICE, BOB], channels: [OPS] });
    let changes = 0;
    const stop = slack.onChange(() => {
      changes += 1;
    });
    const { version } = slack.as("U1").see();
    slack.as("U1").say("C1", "hello");
    stop();
    slack.as("U1").say("C1", "again");
    assert.deepEqual([changes, slack.as("U1").see().version], [1, version + 2]);
    await until(slack, () => slack.as("U2").see().messages[1]);
    await slack.close();
  });
});

function texts(slack: SlackDouble, person: string): string[] {
  return slack
    .as(person)
    .see()
    .messages.map(({ text }) => text);
}

/** The first message the person sees that fits, as soon as there is one. */
function seen(slack: SlackDouble, person: string, fits: (message: Message) => boolean): Promise<Message> {
  return until(slack, () => slack.as(person).see().messages.find(fits));
}
