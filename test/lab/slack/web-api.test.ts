import assert from "node:assert/strict";
import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError, type WebClient } from "@slack/web-api";
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

describe("the Slack double's Web API", () => {
  let slack: SlackDouble;
  let client: WebClient;

  async function start(options: SlackDoubleOptions = {}): Promise<void> {
    await slack?.close();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, ...options });
    client = webClient(slack);
  }

  beforeEach(() => start());
  afterEach(() => slack.close());

  describe("tokens and scopes", () => {
    it("knows the app by its bot token, in the header or in the arguments", async () => {
      const { team_id, user_id } = await client.auth.test();
      assert.deepEqual({ team_id, user_id }, { team_id: slack.teamId, user_id: slack.botUserId });
      assert.equal((await webClient(slack, "").auth.test({ token: slack.botToken })).ok, true);
      const inForm = await fetch(`${slack.apiUrl}auth.test`, {
        method: "POST",
        body: new URLSearchParams({ token: slack.botToken }),
      });
      assert.equal(Object(await inForm.json()).ok, true);
    });

    it("refuses no token, a wrong one and the wrong kind", async () => {
      const bare = await fetch(`${slack.apiUrl}auth.test`, { method: "POST" });
      assert.deepEqual(await bare.json(), { ok: false, error: "not_authed" });
      assert.equal((await refusalOf(webClient(slack, "xoxb-stolen").auth.test())).error, "invalid_auth");
      assert.equal((await refusalOf(client.apps.connections.open())).error, "not_allowed_token_type");
      const asApp = webClient(slack, slack.appToken);
      assert.equal((await refusalOf(asApp.auth.test())).error, "not_allowed_token_type");
      assert.match((await asApp.apps.connections.open()).url ?? "", /^ws:\/\/127\.0\.0\.1:/);
    });

    it("refuses what the app was not installed for", async () => {
      await start({ scopes: ["commands"] });
      for (const call of [
        client.chat.postMessage({ channel: "C1", text: "x" }),
        client.users.info({ user: "U1" }),
        client.usergroups.list(),
        client.conversations.info({ channel: "G1" }),
        client.conversations.open({ users: "U1" }),
      ])
        assert.equal((await refusalOf(call)).error, "missing_scope");
    });

    it("asks for a history scope to read a thread", async () => {
      await start({ scopes: ["chat:write"] });
      const { ts = "" } = await client.chat.postMessage({ channel: "C1", text: "x" });
      assert.equal((await refusalOf(client.conversations.replies({ channel: "C1", ts }))).error, "missing_scope");
    });

    it("does not know every method", async () => {
      assert.equal((await refusalOf(client.apiCall("chat.shout"))).error, "unknown_method");
      assert.equal((await refusalOf(client.apiCall("constructor"))).error, "unknown_method");
    });
  });

  describe("pace", () => {
    it("answers 429 after a burst in one channel, until a second has passed", async () => {
      let now = Date.now();
      await start({ pace: true, now: () => now });
      const post = (channel: string) => client.chat.postMessage({ channel, text: "x" });
      for (let sent = 0; sent < 3; sent += 1) await post("C1");
      await assert.rejects(post("C1"), (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 1);
      await post("G1");
      now += 1000;
      await post("C1");
      await assert.rejects(post("C1"), WebAPIRateLimitedError);
    });
  });

  describe("faults on demand", () => {
    const post = () => client.chat.postMessage({ channel: "C1", text: "x" });
    const posted = () => slack.as("U1").see().messages.length;

    it("rate limits the method asked for, as often as asked for", async () => {
      slack.faults.rateLimit("chat.postMessage", 7, 2);
      await client.auth.test();
      for (const _ of [1, 2])
        await assert.rejects(post(), (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 7);
      await post();
      assert.equal(posted(), 1);
    });

    it("loses the reply of a call that took effect", async () => {
      slack.faults.loseReply("chat.postMessage");
      await assert.rejects(post(), WebAPIRequestError);
      assert.equal(posted(), 1);
      assert.equal(slack.calls[0]?.error, undefined);
    });

    it("fails and refuses without effect", async () => {
      slack.faults.fail("*", 503);
      await assert.rejects(post(), (error) => error instanceof WebAPIHTTPError && error.statusCode === 503);
      slack.faults.refuse("chat.postMessage", "restricted_action");
      assert.equal((await refusalOf(post())).error, "restricted_action");
      assert.equal(posted(), 0);
      assert.deepEqual(
        slack.calls.map(({ error }) => error),
        ["http_503", "restricted_action"],
      );
    });

    it("forgets its faults when cleared", async () => {
      slack.faults.refuse("*", "fatal_error", 9);
      slack.faults.clear();
      await post();
    });
  });
});
