import assert from "node:assert/strict";
import { RespondError, type RespondFn } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import { type RunningApp, startBoltApp } from "./bolt-app.ts";
import { startSlackDouble } from "./slack-double.ts";
import { webClient } from "./web-client.ts";
import type { SlackDouble } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
];
const CHANNELS = [
  { id: "C1", name: "ops", members: ["U1", "U2"] },
  { id: "C2", name: "elsewhere", members: ["U1", "U2"], botAbsent: true },
];
const ACTIONS = {
  type: "actions" as const,
  elements: [{ type: "button" as const, action_id: "deny", text: { type: "plain_text" as const, text: "Deny" } }],
};

describe("a response_url of the Slack double", () => {
  let slack: SlackDouble;
  let running: RunningApp;
  let client: WebClient;
  let now: number;
  /** Bolt's respond() of the last command. */
  let later: RespondFn;

  beforeEach(async () => {
    now = Date.now();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, now: () => now });
    running = await startBoltApp(slack, "http", (app) => {
      app.command("/k8s", ({ ack, respond }) => {
        later = respond;
        return ack();
      });
      app.action("deny", ({ ack }) => ack());
    });
    client = webClient(slack);
  });

  afterEach(async () => {
    await running.stop();
    await slack.close();
  });

  async function ofCommand(channel = "C1"): Promise<string> {
    await slack.as("U1").command(channel, "/k8s help");
    return String(slack.deliveries.at(-1)?.payload["response_url"]);
  }

  async function ofClick(): Promise<{ url: string; ts: string }> {
    const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "card", blocks: [ACTIONS] });
    await slack.as("U1").click({ channel: "C1", ts }, "deny");
    return { url: String(slack.deliveries.at(-1)?.payload["response_url"]), ts };
  }

  async function respond(url: string, message: object): Promise<string> {
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(message) });
    return `${answer.status} ${await answer.text()}`;
  }

  const texts = (person: string) =>
    slack
      .as(person)
      .see()
      .messages.map(({ text }) => text);

  it("answers the person alone, unless told to answer the channel", async () => {
    const url = await ofCommand();
    assert.equal(await respond(url, { text: "for you" }), "200 ok");
    assert.equal(await respond(url, { text: "for all", response_type: "in_channel" }), "200 ok");
    assert.deepEqual([texts("U1"), texts("U2")], [["for you", "for all"], ["for all"]]);
    assert.equal(slack.as("U1").see().messages[0]?.viaResponseUrl, true);
  });

  it("reaches channels the app is not in", async () => {
    assert.equal(await respond(await ofCommand("C2"), { text: "hello" }), "200 ok");
    assert.deepEqual(texts("U1"), ["hello"]);
  });

  it("works five times", async () => {
    const url = await ofCommand();
    for (const text of ["1", "2", "3", "4", "5"]) assert.equal(await respond(url, { text }), "200 ok");
    assert.equal(await respond(url, { text: "6" }), "404 used_url");
    assert.equal(texts("U1").length, 5);
  });

  it("works for thirty minutes", async () => {
    const url = await ofCommand();
    now += 30 * 60_000;
    assert.equal(await respond(url, { text: "just in time" }), "200 ok");
    now += 1;
    assert.equal(await respond(url, { text: "late" }), "404 expired_url");
    assert.equal(await respond(`${url}0`, { text: "guessed" }), "404 expired_url");
  });

  it("refuses what a message may not be, and does not count it", async () => {
    const url = await ofCommand();
    for (let tries = 0; tries < 6; tries += 1) {
      assert.equal(await respond(url, { text: "x", blocks: [{ type: "marquee" }] }), "400 invalid_blocks");
      assert.equal(await respond(url, {}), "400 no_text");
    }
    assert.equal(await respond(url, { text: "x" }), "200 ok");
  });

  it("of a click adds an ephemeral, replaces the message, or deletes it", async () => {
    const { url } = await ofClick();
    await respond(url, { text: "only you" });
    assert.deepEqual([texts("U1"), texts("U2")], [["card", "only you"], ["card"]]);
    await respond(url, { text: "decided", replace_original: true });
    assert.deepEqual(texts("U2"), ["decided"]);
    assert.deepEqual(slack.as("U2").see().messages[0]?.blocks, []);
    await respond(url, { delete_original: true });
    assert.deepEqual(texts("U2"), []);
  });

  it("is written down as a call, and has faults like one", async () => {
    const url = await ofCommand();
    slack.faults.rateLimit("response_url", 3);
    assert.equal(await respond(url, { text: "x" }), "429 rate_limited");
    slack.faults.fail("response_url", 500);
    assert.match(await respond(url, { text: "x" }), /^500 /);
    slack.faults.loseReply("response_url");
    await assert.rejects(respond(url, { text: "arrived" }));
    assert.deepEqual(texts("U1"), ["arrived"]);
    assert.deepEqual(
      slack.calls.filter(({ method }) => method === "response_url").map(({ error }) => error),
      ["rate_limited", "http_500", undefined],
    );
  });

  it("makes Bolt's respond throw when it has run out", async () => {
    await ofCommand();
    now += 30 * 60_000 + 1;
    await assert.rejects(later("late"), (error) => error instanceof RespondError && error.statusCode === 404);
  });
});
