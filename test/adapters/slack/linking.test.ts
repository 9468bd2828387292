import assert from "node:assert/strict";
import type { NamedAccount } from "../../../src/ports/link.ts";
import {
  alice,
  approvals,
  bob,
  dave,
  type House,
  incident,
  messagesOf,
  openHouse,
  textOf,
  whisperSaying,
} from "./house.ts";

describe("linking a Slack account from Slack", () => {
  let house: House;
  let asked: NamedAccount[];
  const open = async (linkable = true) => {
    asked = [];
    const linkAddress = (account: NamedAccount) => {
      asked.push(account);
      return "https://pages.example.com/link#secret";
    };
    house = await openHouse(linkable ? { linkAddress } : {});
  };
  afterEach(() => house.close());

  const types = (person: typeof dave, text: string) => house.slack.as(person.id).command(incident.id, `/k8s ${text}`);

  it("gives the way to the page to that person alone, for that very account", async () => {
    await open();
    await types(dave, "link");
    const message = await whisperSaying(house.slack, dave, "log in on our page");
    assert.match(
      JSON.stringify(message.blocks),
      /"action_id":"link".*"url":"https:\/\/pages\.example\.com\/link#secret"/,
    );
    assert.deepEqual(asked, [{ team: "T0LAB", user: "U4", name: "dave", workspace: asked[0]?.workspace }]);
    const others = house.slack.as(bob.id).see().messages;
    assert.ok(!JSON.stringify(others).includes("link#secret"));
  });

  it("is what somebody is told of who is not linked, and asks for anything else", async () => {
    await open();
    await types(dave, "get pods -n prod");
    await whisperSaying(house.slack, dave, ", or ask an administrator to add ");
    assert.deepEqual(asked, []);
  });

  it("attack: is not for guests, nor where others could read it", async () => {
    await open();
    house.slack.changePerson(dave.id, { isRestricted: true });
    await types(dave, "link");
    await whisperSaying(house.slack, dave, "Only full members of the workspace");
    house.slack.changeChannel(approvals.id, { isExtShared: true });
    await house.slack.as(bob.id).command(approvals.id, "/k8s link");
    await whisperSaying(house.slack, bob, "shared with people outside");
    assert.deepEqual(asked, []);
  });

  it("is not for somebody whose account is linked", async () => {
    await open();
    await types(alice, "link");
    await whisperSaying(house.slack, alice, "linked to alice already");
    assert.deepEqual(asked, []);
  });

  it("is not there where nobody can log in", async () => {
    await open(false);
    await types(dave, "link");
    await whisperSaying(house.slack, dave, "no login at an identity provider is set up");
    await types(dave, "get pods -n prod");
    await whisperSaying(house.slack, dave, "not linked to a person Countersign knows. Ask an administrator to add ");
  });

  it("is told to the security channel, to the account, and to those the subject had before", async () => {
    await open();
    house.records.trail.add({ kind: "identity.linked", subject: "alice", team: "T0LAB", user: "U4" });
    for await (const entry of house.records.trail.entries()) await house.replicas[0]?.tell(entry);
    const [told] = messagesOf(house.slack, bob, approvals);
    assert.match(textOf(told?.blocks), /A Slack account was linked to alice(.|\n)*identity unlink T0LAB\/U4/);
    for (const person of [alice, dave]) await whisperSaying(house.slack, person, "A Slack account was linked to alice");
    const direct = house.slack
      .as(bob.id)
      .see()
      .messages.filter(({ channel }) => channel.startsWith("D"));
    assert.deepEqual(direct, []);
  });
});
