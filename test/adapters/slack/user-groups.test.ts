import assert from "node:assert/strict";
import { createUserGroups, openUserGroups } from "../../../src/adapters/slack/user-groups.ts";
import type { SlackGroups } from "../../../src/ports.ts";
import { startSlackDouble } from "../../lab/slack/slack-double.ts";
import { webClient } from "../../lab/slack/web-client.ts";
import type { SlackDouble } from "../../lab/slack/workspace.ts";
import { keptLog } from "./house.ts";

const minute = 60_000;

describe("user groups", () => {
  let slack: SlackDouble;
  let now: number;
  let groups: SlackGroups;
  let log: ReturnType<typeof keptLog>;

  const start = async (scopes = ["usergroups:read"]) => {
    slack = await startSlackDouble({ people: [{ id: "U1", name: "alice", realName: "Alice Adams" }], scopes });
    slack.setUserGroup("S1", "pagers", ["U1"]);
    now = 0;
    log = keptLog();
    groups = createUserGroups(webClient(slack), log, () => now);
  };
  beforeEach(() => start());
  afterEach(() => slack.close());

  const lists = (group = "S1", user = "U1") => groups.lists(group, { team: "T1", user });
  const asked = () => slack.calls.filter(({ method }) => method === "usergroups.users.list").length;

  it("have those whom Slack lists, and nobody else", async () => {
    assert.deepEqual([await lists(), await lists("S1", "U2"), await lists("S9")], [true, false, false]);
  });

  it("are remembered for a minute at most", async () => {
    await lists();
    slack.setUserGroup("S1", "pagers", []);
    now = minute - 1;
    assert.equal(await lists(), true);
    assert.equal(asked(), 1);
    now = minute;
    assert.equal(await lists(), false);
  });

  it("have nobody while Slack does not answer, whoever was in them before, and are asked for again at once", async () => {
    await lists();
    now = minute;
    for (const fail of [
      () => slack.faults.fail("usergroups.users.list", 503),
      () => slack.faults.rateLimit("usergroups.users.list", 30),
      () => slack.faults.loseReply("usergroups.users.list"),
    ]) {
      fail();
      assert.equal(await lists(), false);
    }
    assert.equal(await lists(), true);
    assert.equal(log.lines.filter((line) => line.includes("nobody is in it")).length, 3);
  });

  it("have nobody when they are disabled", async () => {
    slack.setUserGroup("S1", "pagers", ["U1"], { disabled: true });
    assert.equal(await lists(), false);
    assert.ok(log.lines.some((line) => line.includes("no_such_subteam")));
  });

  it("have nobody where the app may not read them", async () => {
    await slack.close();
    await start(["users:read"]);
    assert.equal(await lists(), false);
    assert.ok(log.lines.some((line) => line.includes("missing_scope")));
  });

  it("are read with the settings of web", async () => {
    const opened = openUserGroups({ botToken: slack.botToken, slackApiUrl: slack.apiUrl }, log);
    assert.equal(await opened.lists("S1", { team: "T1", user: "U1" }), true);
  });
});
