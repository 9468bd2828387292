import assert from "node:assert/strict";
import type { AuditEvent } from "../../../src/audit/event.ts";
import { alice, approvals, bob, type House, messagesOf, openHouse, textOf } from "./house.ts";

describe("alarms in Slack", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  const tell = async (event: AuditEvent) => {
    house.records.trail.add(event);
    const { entries } = await house.records.trail.head();
    for await (const entry of house.records.trail.entries(entries)) await house.replicas[0]?.tell(entry);
  };
  const told = (person: typeof alice) =>
    house.slack
      .as(person.id)
      .see()
      .messages.filter(({ channel }) => channel === approvals.id || channel.startsWith("D"));
  const used = { kind: "recovery.used", subject: "alice", credential: "c-1" } as const;

  it("are told in the approvers' channel, and to the person they are about and nobody else directly", async () => {
    await tell(used);
    const [direct, ...more] = told(alice).filter(({ channel }) => channel.startsWith("D"));
    assert.match(textOf(direct), /A recovery code was used(.|\n)*countersign enrol revoke alice/);
    assert.deepEqual(more, []);
    assert.equal(messagesOf(house.slack, bob, approvals).length, 1);
    assert.deepEqual(
      told(bob).filter(({ channel }) => channel.startsWith("D")),
      [],
    );
  });

  it("say from when an authenticator counts that a recovery code enrolled, and nothing of any other", async () => {
    await tell({ kind: "enrolment.completed", subject: "alice", credential: "c-1" });
    assert.deepEqual(told(alice), []);
    await tell({ kind: "enrolment.completed", subject: "alice", credential: "c-1", waitMs: 900_000 });
    assert.match(JSON.stringify(told(alice)), new RegExp(`"timestamp":${Math.floor(house.clock.now() / 1000) + 900}`));
  });

  it("count as told when only the direct message could not be sent, which is logged", async () => {
    house.slack.faults.refuse("conversations.open", "user_disabled");
    await tell(used);
    assert.equal(messagesOf(house.slack, bob, approvals).length, 1);
    assert.ok(house.log.lines.some((line) => line.includes("could not be told of an alarm")));
  });

  it("are not told where the channel could not be: whoever asked is to try again", async () => {
    house.slack.faults.refuse("chat.postMessage", "internal_error");
    await assert.rejects(tell(used));
    assert.deepEqual(told(alice), []);
  });

  it("attack: markup in a reason stays text", async () => {
    const why = "<!channel> *bold* <https://evil.example|click>";
    await tell({ kind: "freeze.set", subject: "alice", scope: "*", freeze: "f-1", why });
    const [message] = messagesOf(house.slack, bob, approvals);
    assert.ok(textOf(message?.blocks).includes(why));
    assert.doesNotMatch(String(message?.text), /<!|<http/);
  });
});
