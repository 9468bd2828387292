import assert from "node:assert/strict";
import { surfacesOf } from "../../../src/adapters/slack/surfaces.ts";
import type { Request } from "../../../src/request/request.ts";
import { allowed, calling, events, happen, inState, live, soon, stages } from "../../request/samples.ts";

describe("calls to those whom a request waits for, in Slack", () => {
  const of = (request: Request) =>
    surfacesOf(request, "C0APPROVALS").filter(({ key }) => /^(reminder|escalation)-/.test(key));

  it("are one reminder under the card, with who can approve mentioned by their ids", () => {
    assert.deepEqual(of(stages.calledFor), []);
    const [reminder, ...more] = of(stages.reminded);
    assert.ok(reminder && more.length === 0);
    const { key, channel, inThread, under, once } = reminder;
    assert.deepEqual([key, channel, inThread, under, once], ["reminder-1", "C0APPROVALS", true, "card", true]);
    const said = JSON.stringify(reminder.blocks);
    for (const words of ['"user_id":"U2"', '"user_id":"U3"', "2 more of sre"]) assert.ok(said.includes(words), words);
  });

  it("are one escalation in each channel that the policy names, which says what, by whom and why", () => {
    const [, escalation, ...more] = of(stages.escalated);
    assert.ok(escalation && more.length === 0);
    assert.deepEqual([escalation.channel, escalation.inThread, escalation.once], ["C0LEADS", false, true]);
    const said = JSON.stringify(escalation.blocks);
    for (const words of ["Still waiting for approval: Restart api in prod", "alice", "5xx since", "U9", "and others"])
      assert.ok(said.includes(words), words);
  });

  it("call nobody where the policy names channels alone, and say nothing of it", () => {
    const approvals = { count: 1, from: ["sre"], escalate: { after: 1, to: ["C0LEADS"] } };
    const waits = live(stages.planned, { ...events.decided, decision: allowed({ approvals }) });
    const [escalation] = of(happen(waits, { ...events.escalated, users: [], others: false }, soon + 1));
    assert.doesNotMatch(JSON.stringify(escalation?.blocks), /nobody to call|user_id/);
  });

  it("go to the approvers' channel where the policy names groups alone", () => {
    const approvals = { count: 1, from: ["sre"], escalate: { after: 1, to: ["group:leads"] } };
    const waits = live(stages.planned, { ...events.decided, decision: allowed({ approvals }) });
    const [escalation] = of(happen(waits, events.escalated, soon + 1));
    assert.equal(escalation?.channel, "C0APPROVALS");
  });

  it("are posted no more once the request has gone on", () => {
    for (const event of [events.denied, events.cancelled])
      assert.deepEqual(of(happen(stages.escalated, event, soon + 400_001)), []);
    const approved = [events.approvedByBob, events.approvedByCarol, events.granted];
    assert.deepEqual(of(live(stages.escalated, ...approved)), []);
  });

  it("attack: mention nobody by what somebody else wrote into the record", () => {
    const waits = inState(stages.reminded, "awaiting-approval");
    const reminded = { at: soon, users: ["!channel", "<!here>", "S0TEAM", "U2"], others: false };
    const [reminder] = of({ ...waits, waiting: { since: soon, reminded } });
    assert.deepEqual(JSON.stringify(reminder?.blocks).match(/"user_id":"[^"]*"/g), ['"user_id":"U2"']);
  });

  it("are announced to the requester where nobody could approve: it is escalated at once", () => {
    const words = (approvers: readonly (readonly string[])[]) => {
      const request = live(stages.planned, { ...events.decided, decision: allowed(calling), approvers });
      return JSON.stringify(surfacesOf(request, "C0APPROVALS").find(({ key }) => key === "approvers")?.blocks);
    };
    assert.match(words([["bob"]]), /It is escalated to the channel C0LEADS and the group leads at once\./);
    assert.doesNotMatch(words([["bob", "carol"]]), /escalated/);
  });
});
