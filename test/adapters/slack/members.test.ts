import assert from "node:assert/strict";
import { openClients } from "../../../src/adapters/slack/clients.ts";
import { createMembers, type Members } from "../../../src/adapters/slack/members.ts";
import { quietLogger } from "../../../src/adapters/slack/quiet-logger.ts";
import { type FakeClock, fakeClock } from "../../fakes/clock.ts";
import { startSlackDouble } from "../../lab/slack/slack-double.ts";
import type { Channel, Person, SlackDouble } from "../../lab/slack/workspace.ts";
import { alice, incident, keptLog, team } from "./house.ts";

describe("members", () => {
  let slack: SlackDouble;
  let members: Members;
  let clock: FakeClock;
  beforeEach(async () => {
    slack = await startSlackDouble({ teamId: team, people: [alice], channels: [incident] });
    clock = fakeClock();
    const { interactive } = openClients(
      { botToken: slack.botToken, slackApiUrl: slack.apiUrl },
      quietLogger(keptLog()),
    );
    members = createMembers(interactive, clock.now);
  });
  afterEach(() => slack.close());

  it("let a full member speak in a channel of the workspace", async () => {
    assert.equal(await members.refusePerson(team, alice.id), undefined);
    assert.equal(await members.refuseChannel(incident.id), undefined);
  });

  const strangers: readonly (readonly [string, Partial<Person>])[] = [
    ["a deactivated account", { deleted: true }],
    ["a bot", { isBot: true }],
    ["a guest", { isRestricted: true }],
    ["a single-channel guest", { isUltraRestricted: true }],
    ["a stranger", { isStranger: true }],
    ["a person of another workspace", { teamId: "T9" }],
  ];
  for (const [name, change] of strangers)
    it(`refuse ${name}`, async () => {
      slack.changePerson(alice.id, change);
      assert.equal((await members.refusePerson(team, alice.id))?.refused, "not-a-member");
    });

  const places: readonly (readonly [string, Partial<Channel>])[] = [
    ["shared with another workspace", { isExtShared: true }],
    ["about to be shared", { isPendingExtShared: true }],
    ["shared across the organisation", { isOrgShared: true }],
    ["the app is not in", { botAbsent: true }],
    ["private and the app is not in", { botAbsent: true, isPrivate: true }],
  ];
  for (const [name, change] of places)
    it(`refuse a channel that is ${name}`.replace("is the app", "the app"), async () => {
      slack.changeChannel(incident.id, change);
      assert.equal((await members.refuseChannel(incident.id))?.refused, "channel-not-allowed");
    });

  it("refuse a channel that does not exist", async () => {
    assert.equal((await members.refuseChannel("C404"))?.refused, "channel-not-allowed");
  });

  it("ask nothing about direct messages: only the person themself reads there", async () => {
    assert.equal(await members.refuseChannel("D1"), undefined);
    assert.equal(slack.calls.length, 0);
  });

  it("remember an answer for at most a minute", async () => {
    await members.refusePerson(team, alice.id);
    slack.changePerson(alice.id, { deleted: true });
    clock.pass(59_999);
    assert.equal(await members.refusePerson(team, alice.id), undefined);
    clock.pass(1);
    assert.equal((await members.refusePerson(team, alice.id))?.refused, "not-a-member");
  });

  it("throw when Slack does not answer, and remember nothing of it", async () => {
    slack.faults.fail("users.info", 503);
    await assert.rejects(members.refusePerson(team, alice.id));
    slack.faults.rateLimit("users.info", 1);
    await assert.rejects(members.refusePerson(team, alice.id));
    assert.equal(await members.refusePerson(team, alice.id), undefined);
  });

  it("throw for a person Slack does not know", async () => {
    await assert.rejects(members.refusePerson(team, "U404"));
  });
});
