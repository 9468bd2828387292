import assert from "node:assert/strict";
import type { App } from "@slack/bolt";
import { type Mode, type RunningApp, startBoltApp } from "./bolt-app.ts";
import { startSlackDouble } from "./slack-double.ts";
import { webClient } from "./web-client.ts";
import type { Answer, SlackDouble, SlackDoubleOptions } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
  { id: "U3", name: "mallory", realName: "Mallory", teamId: "T9" },
];
const CHANNELS = [
  { id: "C1", name: "ops", members: ["U1", "U2", "U3"] },
  { id: "G1", name: "secret", isPrivate: true, members: ["U1"] },
];
const ACTIONS = {
  type: "actions" as const,
  block_id: "decide",
  elements: [
    { type: "button" as const, action_id: "deny", value: "r-1", text: { type: "plain_text" as const, text: "Deny" } },
  ],
};

for (const mode of ["http", "socket"] satisfies Mode[]) {
  describe(`deliveries of the Slack double in ${mode} mode`, () => {
    let slack: SlackDouble;
    let running: RunningApp;
    let heard: string[];

    async function start(listen: (app: App) => void, options: SlackDoubleOptions = {}): Promise<void> {
      heard = [];
      slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, ...options });
      running = await startBoltApp(slack, mode, listen);
    }

    afterEach(async () => {
      await running.stop();
      await slack.close();
    });

    function acknowledging(app: App): void {
      app.command("/k8s", async ({ ack, command }) => {
        heard.push(command.text);
        await ack();
      });
      app.action("deny", async ({ ack }) => {
        heard.push("deny");
        await ack();
      });
    }

    function silent(app: App): void {
      app.command("/k8s", async () => {});
      app.action("deny", async () => {});
      app.error(async () => {});
    }

    async function card(): Promise<{ channel: string; ts: string }> {
      const { ts = "" } = await webClient(slack).chat.postMessage({ channel: "C1", text: "card", blocks: [ACTIONS] });
      return { channel: "C1", ts };
    }

    it("carry a command with the fields Slack sends", async () => {
      await start(acknowledging);
      await slack.as("U1").command("G1", "/k8s  get pods ");
      const { response_url, trigger_id, token, ...rest } = slack.deliveries[0]?.payload ?? {};
      assert.deepEqual(rest, {
        team_id: slack.teamId,
        team_domain: "countersign-lab",
        channel_id: "G1",
        channel_name: "privategroup",
        user_id: "U1",
        user_name: "alice",
        command: "/k8s",
        text: "get pods",
        api_app_id: slack.appId,
        is_enterprise_install: "false",
      });
      assert.match(String(trigger_id), /^\d+\.\d+\.[0-9a-f]+$/);
      assert.ok(response_url && token);
    });

    it("carry a click with the message it was made on", async () => {
      await start(acknowledging);
      const where = await card();
      assert.deepEqual(await slack.as("U2").click(where, "deny"), { ok: true });
      const payload = slack.deliveries[0]?.payload ?? {};
      assert.deepEqual(payload["user"], { id: "U2", username: "bob", name: "bob", team_id: slack.teamId });
      assert.deepEqual(payload["team"], { id: slack.teamId, domain: "countersign-lab" });
      assert.deepEqual([payload["enterprise"], payload["is_enterprise_install"]], [null, false]);
      assert.deepEqual(payload["channel"], { id: "C1", name: "ops" });
      assert.equal(Object(payload["message"]).ts, where.ts);
      const { action_ts, ...action } = Object(payload["actions"])[0];
      assert.deepEqual(action, {
        type: "button",
        block_id: "decide",
        action_id: "deny",
        value: "r-1",
        text: { type: "plain_text", text: "Deny" },
      });
    });

    it("leave the message out of a click on an ephemeral, which only its reader can make", async () => {
      await start(acknowledging);
      const sent = { channel: "C1", user: "U1", text: "card", blocks: [ACTIONS] };
      const { message_ts: ts = "" } = await webClient(slack).chat.postEphemeral(sent);
      assert.equal((await slack.as("U2").click({ channel: "C1", ts }, "deny")).ok, false);
      assert.equal((await slack.as("U1").click({ channel: "C1", ts }, "deny")).ok, true);
      const payload = slack.deliveries[0]?.payload ?? {};
      assert.equal(payload["message"], undefined);
      assert.equal(Object(payload["container"]).is_ephemeral, true);
    });

    it("say which team a stranger is of", async () => {
      await start(acknowledging);
      await slack.as("U3").command("C1", "/k8s help");
      await slack.as("U3").click(await card(), "deny");
      assert.equal(slack.deliveries[0]?.payload["team_id"], "T9");
      assert.equal(Object(slack.deliveries[1]?.payload["user"]).team_id, "T9");
    });

    it("are not made for what a person cannot do", async () => {
      await start(acknowledging);
      const where = await card();
      slack.changePerson("U2", { deleted: true });
      const tries: Answer[] = [
        await slack.as("U1").command("C1", "/deploy prod"),
        await slack.as("U3").command("G1", "/k8s help"),
        await slack.as("U1").click(where, "approve"),
        await slack.as("U1").click({ channel: "C1", ts: "1.000001" }, "deny"),
        await slack.as("U2").click(where, "deny"),
        await slack.as("U2").command("C1", "/k8s help"),
        slack.as("U3").say("G1", "hello"),
      ];
      assert.deepEqual(
        tries.map(({ ok }) => ok),
        tries.map(() => false),
      );
      assert.equal(slack.deliveries.length, 0);
    });

    it("show the person Slack's words when the app does not acknowledge in time", async () => {
      await start(silent, { ackWithinMs: 50 });
      const failed = await slack.as("U1").command("C1", "/k8s help");
      assert.deepEqual(failed, { ok: false, error: '/k8s failed with the error "operation_timeout"' });
      assert.match((await slack.as("U1").click(await card(), "deny")).error ?? "", /operation_timeout/);
    });

    it("arrive as often at once as asked for", async () => {
      await start(acknowledging);
      slack.faults.duplicateDeliveries(3);
      assert.deepEqual(await slack.as("U1").command("C1", "/k8s help"), { ok: true });
      assert.deepEqual([heard, slack.deliveries.length], [["help", "help", "help"], 1]);
      slack.faults.clear();
      await slack.as("U1").command("C1", "/k8s once");
      assert.equal(heard.length, 4);
    });

    it("can be made again: to the byte, in another order, or changed and signed anew", async () => {
      await start(acknowledging);
      for (const text of ["a", "b"]) await slack.as("U1").command("C1", `/k8s ${text}`);
      const [a, b] = slack.deliveries;
      if (!a || !b) throw new Error("two commands were delivered");
      for (const delivery of [b, a]) assert.deepEqual(await slack.deliver(delivery), { ok: true });
      const changed = await slack.deliver(a, (payload) => {
        payload["text"] = "forged";
      });
      assert.deepEqual(changed, { ok: true });
      const { http: _, envelopeId: __, ...bare } = a;
      assert.deepEqual(await slack.deliver(bare), { ok: true });
      assert.deepEqual(heard, ["a", "b", "b", "a", "forged", "a"]);
    });

    it("bring an answer given with the acknowledgement: to one person, or to the channel", async () => {
      await start((app) => {
        app.command("/k8s", ({ ack, command }) =>
          command.text === "plain" ? ack("just text") : ack({ response_type: "in_channel", text: "for all" }),
        );
      });
      await slack.as("U1").command("C1", "/k8s plain");
      await slack.as("U1").command("C1", "/k8s loud");
      const texts = (person: string) =>
        slack
          .as(person)
          .see()
          .messages.map(({ text }) => text);
      assert.deepEqual([texts("U1"), texts("U2")], [["just text", "for all"], ["for all"]]);
    });

    it("bring a mention, for an app that may read them", async () => {
      const { promise: mention, resolve } = Promise.withResolvers<unknown>();
      await start((app) => app.event("app_mention", async ({ event }) => resolve(event)), {
        scopes: ["chat:write", "app_mentions:read"],
      });
      slack.as("U1").say("C1", "@countersign hello");
      const { user, channel, text } = Object(await mention);
      assert.deepEqual([user, channel, text], ["U1", "C1", `<@${slack.botUserId}|countersign> hello`]);
    });
  });
}
