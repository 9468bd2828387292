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
const READING = ["users:read", "usergroups:read", "channels:read", "groups:read", "im:read"];

describe("people and channels through the Slack double's Web API", () => {
  let slack: SlackDouble;
  let client: WebClient;

  async function start(options: SlackDoubleOptions = {}): Promise<void> {
    await slack?.close();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, ...options });
    client = webClient(slack);
  }

  beforeEach(() => start());
  afterEach(() => slack.close());

  describe("the directory", () => {
    it("tells the flags of a person", async () => {
      const { user } = await client.users.info({ user: "U2" });
      assert.equal(user?.is_restricted, true);
      assert.equal(user?.team_id, slack.teamId);
      slack.changePerson("U2", { deleted: true, teamId: "T9", isStranger: true });
      const changed = (await client.users.info({ user: "U2" })).user;
      assert.deepEqual([changed?.deleted, changed?.team_id], [true, "T9"]);
      assert.equal((await refusalOf(client.users.info({ user: "U9" }))).error, "user_not_found");
    });

    it("tells the flags of a channel, and hides a private one the app is not in", async () => {
      const flags = async (channel: string) => {
        const { is_ext_shared, is_private, is_member } = (await client.conversations.info({ channel })).channel ?? {};
        return { is_ext_shared, is_private, is_member };
      };
      assert.deepEqual(await flags("C3"), { is_ext_shared: true, is_private: false, is_member: true });
      assert.deepEqual(await flags("C2"), { is_ext_shared: false, is_private: false, is_member: false });
      assert.equal((await refusalOf(client.conversations.info({ channel: "G2" }))).error, "channel_not_found");
      slack.changeChannel("C1", { isExtShared: true });
      assert.equal((await flags("C1")).is_ext_shared, true);
    });

    it("lists members page by page, the app's bot among them", async () => {
      const first = await client.conversations.members({ channel: "C1", limit: 2 });
      assert.deepEqual(first.members, ["U1", "U2"]);
      const cursor = first.response_metadata?.next_cursor ?? "";
      const second = await client.conversations.members({ channel: "C1", limit: 2, cursor });
      assert.deepEqual(second.members, [slack.botUserId]);
      assert.equal(second.response_metadata?.next_cursor, "");
    });

    it("asks for another scope to read a direct channel", async () => {
      const { channel = "" } = await client.chat.postMessage({ channel: "U1", text: "x" });
      assert.equal((await refusalOf(client.conversations.info({ channel }))).error, "missing_scope");
      await start({ scopes: [...READING, "im:write"] });
      const opened = await client.conversations.open({ users: "U1", return_im: true });
      assert.equal(opened.channel?.user, "U1");
    });

    it("knows user groups, and a disabled one only when asked", async () => {
      slack.setUserGroup("S1", "sre", ["U1"]);
      slack.setUserGroup("S2", "old", ["U2"], { disabled: true });
      assert.deepEqual((await client.usergroups.users.list({ usergroup: "S1" })).users, ["U1"]);
      assert.equal((await refusalOf(client.usergroups.users.list({ usergroup: "S2" }))).error, "no_such_subteam");
      assert.equal((await client.usergroups.list()).usergroups?.length, 1);
      const all = (await client.usergroups.list({ include_disabled: true, include_users: true })).usergroups ?? [];
      assert.deepEqual(
        all.map(({ handle, users, date_delete }) => [handle, users, date_delete === 0]),
        [
          ["sre", ["U1"], true],
          ["old", ["U2"], false],
        ],
      );
    });
  });
});
