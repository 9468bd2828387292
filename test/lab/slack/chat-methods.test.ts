import assert from "node:assert/strict";
import type { WebClient } from "@slack/web-api";
import { startSlackDouble } from "./slack-double.ts";
import { refusalOf, webClient } from "./web-client.ts";
import type { SlackDouble, SlackDoubleOptions } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown", isRestricted: true },
  { id: "U3", name: "carol", realName: "Carol Clark", deleted: true },
  { id: "U4", name: "robot", realName: "Robot", isBot: true },
];
const CHANNELS = [
  { id: "C1", name: "ops", members: ["U1", "U2"] },
  { id: "C2", name: "elsewhere", members: ["U1"], botAbsent: true },
  { id: "G1", name: "secret", isPrivate: true, members: ["U1"] },
  { id: "G2", name: "hidden", isPrivate: true, members: ["U1"], botAbsent: true },
  { id: "C3", name: "partners", isExtShared: true, members: ["U1"] },
];

describe("messages through the Slack double's Web API", () => {
  let slack: SlackDouble;
  let client: WebClient;

  async function start(options: SlackDoubleOptions = {}): Promise<void> {
    await slack?.close();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, ...options });
    client = webClient(slack);
  }

  beforeEach(() => start());
  afterEach(() => slack.close());

  describe("posting", () => {
    it("keeps text, blocks, thread and metadata, and fills in the missing ids", async () => {
      await start({ scopes: ["chat:write", "channels:history"] });
      const metadata = { event_type: "request", event_payload: { id: "r-1" } };
      const { ts = "" } = await client.chat.postMessage({
        channel: "C1",
        text: "root",
        metadata,
        blocks: [{ type: "section", text: { type: "mrkdwn", text: "*root*" } }],
      });
      await client.chat.postMessage({ channel: "C1", text: "reply", thread_ts: ts });
      const { messages = [] } = await client.conversations.replies({ channel: "C1", ts, include_all_metadata: true });
      assert.deepEqual(
        messages.map(({ text }) => text),
        ["root", "reply"],
      );
      assert.deepEqual(messages[0]?.metadata, metadata);
      assert.match(messages[0]?.blocks?.[0]?.block_id ?? "", /^.{5}$/);
      const bare = await client.conversations.replies({ channel: "C1", ts });
      assert.equal(bare.messages?.[0]?.metadata, undefined);
    });

    it("shows a reply in the channel as well when told to, and still after a change; a reply only", async () => {
      await start({ scopes: ["chat:write", "channels:history"] });
      const root = await client.chat.postMessage({ channel: "C1", text: "root" });
      const { ts: thread_ts = "" } = root;
      const loud = await client.chat.postMessage({ channel: "C1", text: "loud", thread_ts, reply_broadcast: true });
      await client.chat.postMessage({ channel: "C1", text: "quiet", thread_ts, reply_broadcast: false });
      await client.chat.postMessage({ channel: "C1", text: "silent", thread_ts });
      await client.apiCall("chat.postMessage", { channel: "C1", text: "no reply", reply_broadcast: true });
      await client.chat.update({ channel: "C1", ts: loud.ts ?? "", text: "loud still" });
      const { messages } = slack.as("U2").see();
      assert.deepEqual(
        messages.filter(({ broadcast }) => broadcast).map(({ text, threadTs }) => [text, threadTs]),
        [["loud still", thread_ts]],
      );
      const { messages: replies = [] } = await client.conversations.replies({ channel: "C1", ts: thread_ts });
      assert.deepEqual(
        replies.map((reply) => (reply as { readonly subtype?: string }).subtype),
        [undefined, "thread_broadcast", undefined, undefined],
      );
    });

    it("tells a channel's history the newest first, without what is in threads alone or for one person", async () => {
      await start({ scopes: ["chat:write", "channels:history"] });
      const metadata = { event_type: "request", event_payload: { id: "r-1" } };
      const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "one", metadata });
      await client.chat.postMessage({ channel: "C1", text: "quiet", thread_ts: ts });
      await client.chat.postMessage({ channel: "C1", text: "loud", thread_ts: ts, reply_broadcast: true });
      await client.chat.postEphemeral({ channel: "C1", user: "U1", text: "psst" });
      const asked = { channel: "C1", include_all_metadata: true };
      const { messages = [] } = await client.conversations.history(asked);
      assert.deepEqual(
        messages.map(({ text }) => text),
        ["loud", "one"],
      );
      assert.deepEqual(messages[1]?.metadata, metadata);
      const since = await client.conversations.history({ ...asked, oldest: ts });
      assert.deepEqual(
        since.messages?.map(({ text }) => text),
        ["loud"],
      );
      const page = await client.conversations.history({ ...asked, limit: 1 });
      assert.equal(page.has_more, true);
      const rest = await client.conversations.history({ ...asked, cursor: page.response_metadata?.next_cursor ?? "" });
      assert.deepEqual(
        rest.messages?.map(({ text }) => text),
        ["one"],
      );
    });

    it("shows nobody a history without the scope for it", async () => {
      await start({ scopes: ["chat:write"] });
      assert.equal((await refusalOf(client.conversations.history({ channel: "C1" }))).error, "missing_scope");
    });

    it("takes a JSON body like a form", async () => {
      const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
        method: "POST",
        headers: { authorization: `Bearer ${slack.botToken}`, "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify({ channel: "C1", text: "x", blocks: [{ type: "divider" }] }),
      });
      assert.equal(Object(await answer.json()).ok, true);
    });

    it("writes every call down with its arguments as meant, and never the token", async () => {
      const blocks = [{ type: "divider" as const }];
      await client.chat.postMessage({ channel: "C1", text: "x", blocks, unfurl_links: false, parse: "none" });
      await refusalOf(
        webClient(slack, "xoxb-stolen").chat.postMessage({ channel: "C1", text: "y", token: "xoxb-old" }),
      );
      const [sent, refused] = slack.calls;
      assert.deepEqual(sent?.args, { channel: "C1", text: "x", blocks, unfurl_links: false, parse: "none" });
      assert.equal(sent?.error, undefined);
      assert.deepEqual(refused?.args, { channel: "C1", text: "y" });
      assert.equal(refused?.error, "invalid_auth");
    });

    it("opens the direct channel when given a person's id", async () => {
      const { channel } = await client.chat.postMessage({ channel: "U1", text: "psst" });
      const opened = await client.conversations.open({ users: "U1" });
      assert.equal(opened.channel?.id, channel);
      assert.deepEqual(
        slack
          .as("U1")
          .see()
          .messages.map(({ text }) => text),
        ["psst"],
      );
      assert.deepEqual(slack.as("U2").see().messages, []);
    });

    it("refuses with Slack's codes", async () => {
      const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "x" });
      const refusals: [string, Promise<unknown>][] = [
        ["channel_not_found", client.chat.postMessage({ channel: "C9", text: "x" })],
        ["not_in_channel", client.chat.postMessage({ channel: "C2", text: "x" })],
        ["channel_not_found", client.chat.postMessage({ channel: "G2", text: "x" })],
        ["channel_not_found", client.chat.postMessage({ channel: "U3", text: "x" })],
        ["cannot_dm_bot", client.chat.postMessage({ channel: "U4", text: "x" })],
        ["no_text", client.chat.postMessage({ channel: "C1", text: "" })],
        ["thread_not_found", client.chat.postMessage({ channel: "C1", text: "x", thread_ts: "1.000001" })],
        ["message_not_found", client.chat.update({ channel: "C1", ts: "1.000001", text: "x" })],
        ["msg_too_long", client.chat.update({ channel: "C1", ts, text: "x".repeat(4001) })],
        ["message_not_found", client.chat.delete({ channel: "C1", ts: "1.000001" })],
        ["user_not_in_channel", client.chat.postEphemeral({ channel: "G1", user: "U2", text: "x" })],
        ["not_in_channel", client.chat.postEphemeral({ channel: "C2", user: "U1", text: "x" })],
        ["message_not_found", client.chat.getPermalink({ channel: "C1", message_ts: "1.000001" })],
      ];
      for (const [code, call] of refusals) assert.equal((await refusalOf(call)).error, code);
    });

    it("cuts a text at 40,000 characters", async () => {
      await client.chat.postMessage({ channel: "C1", text: "x".repeat(40_001) });
      assert.equal(slack.as("U1").see().messages[0]?.text.length, 40_000);
    });

    it("lets nobody change or delete what a person wrote", async () => {
      slack.as("U1").say("C1", "mine");
      const ts = slack.as("U1").see().messages[0]?.ts ?? "";
      assert.equal(
        (await refusalOf(client.chat.update({ channel: "C1", ts, text: "x" }))).error,
        "cant_update_message",
      );
      assert.equal((await refusalOf(client.chat.delete({ channel: "C1", ts }))).error, "cant_delete_message");
    });

    it("shows an ephemeral to one member only, and never finds it again", async () => {
      const { message_ts: ts = "" } = await client.chat.postEphemeral({ channel: "C1", user: "U2", text: "shh" });
      assert.equal(slack.as("U2").see().messages[0]?.ephemeralFor, "U2");
      assert.deepEqual(slack.as("U1").see().messages, []);
      assert.equal((await refusalOf(client.chat.update({ channel: "C1", ts, text: "x" }))).error, "message_not_found");
    });

    it("gives a message its address, within its thread", async () => {
      const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "x" });
      const { ts: reply = "" } = await client.chat.postMessage({ channel: "C1", text: "y", thread_ts: ts });
      const { permalink } = await client.chat.getPermalink({ channel: "C1", message_ts: reply });
      const place = `/archives/C1/p${reply.replace(".", "")}?thread_ts=${ts}&cid=C1`;
      assert.equal(permalink, `https://countersign-lab.slack.com${place}`);
    });

    it("deletes what the app posted", async () => {
      const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "x" });
      await client.chat.delete({ channel: "C1", ts });
      assert.deepEqual(slack.as("U1").see().messages, []);
    });

    it("reacts once", async () => {
      await start({ scopes: ["chat:write", "reactions:write"] });
      const { ts: timestamp = "" } = await client.chat.postMessage({ channel: "C1", text: "x" });
      const reaction = { channel: "C1", timestamp, name: "eyes" };
      await client.reactions.add(reaction);
      assert.deepEqual(slack.as("U1").see().messages[0]?.reactions, { eyes: [slack.botUserId] });
      assert.equal((await refusalOf(client.reactions.add(reaction))).error, "already_reacted");
    });
  });

  describe("chat.update", () => {
    const section = { type: "section" as const, text: { type: "plain_text" as const, text: "card" } };
    let ts: string;

    beforeEach(async () => {
      ts = (await client.chat.postMessage({ channel: "C1", text: "card", blocks: [section] })).ts ?? "";
    });

    function shown() {
      const message = slack.as("U1").see().messages[0];
      return { text: message?.text, blocks: message?.blocks.length, edited: message?.edited };
    }

    it("keeps the ts and replaces text and blocks, without an edited mark", async () => {
      await client.chat.update({ channel: "C1", ts, text: "new", blocks: [section, section] });
      assert.deepEqual(shown(), { text: "new", blocks: 2, edited: false });
    });

    it("takes the blocks away when given a text alone, and marks the message", async () => {
      await client.chat.update({ channel: "C1", ts, text: "new" });
      assert.deepEqual(shown(), { text: "new", blocks: 0, edited: true });
    });

    it("keeps metadata unless given others, and drops them for an empty object", async () => {
      await start({ scopes: ["chat:write", "channels:history"] });
      const metadata = { event_type: "request", event_payload: { id: "r-1" } };
      ts = (await client.chat.postMessage({ channel: "C1", text: "x", metadata })).ts ?? "";
      const kept = async () =>
        (await client.conversations.replies({ channel: "C1", ts, include_all_metadata: true })).messages?.[0]?.metadata;
      await client.chat.update({ channel: "C1", ts, text: "y" });
      assert.deepEqual(await kept(), metadata);
      await client.apiCall("chat.update", { channel: "C1", ts, text: "z", metadata: {} });
      assert.equal(await kept(), undefined);
    });
  });

  describe("blocks", () => {
    it("names what is wrong and where", async () => {
      const blocks = [{ type: "section" as const, text: { type: "mrkdwn" as const, text: "x".repeat(3001) } }];
      const { error, messages } = await refusalOf(client.chat.postMessage({ channel: "C1", text: "x", blocks }));
      assert.equal(error, "invalid_blocks");
      assert.deepEqual(messages, ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]);
    });

    it("refuses blocks that are no list of objects, and too many bytes of them", async () => {
      const post = (blocks: unknown) =>
        refusalOf(client.apiCall("chat.postMessage", { channel: "C1", text: "x", blocks }));
      assert.equal((await post("nonsense")).error, "invalid_blocks_format");
      assert.equal((await post([["section"]])).error, "invalid_blocks_format");
      const section = { type: "section", text: { type: "plain_text", text: "x".repeat(2900) } };
      assert.equal((await post(Array(5).fill(section))).error, "msg_blocks_too_long");
    });
  });
});
