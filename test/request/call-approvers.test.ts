import assert from "node:assert/strict";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Requirements } from "../../src/policy/policy.ts";
import { requirementWords } from "../../src/policy/words.ts";
import type { AwaitingApproval } from "../../src/request/request.ts";
import { transition } from "../../src/request/transition.ts";

import { accepted, alice, bob, carol, dora, openDesk, restartIn, type TestDesk } from "./desk.ts";
import { inState } from "./samples.ts";

const minute = 60_000;
const escalate = { after: 10 * minute, to: ["C0LEADS", "group:leads"] };
const one: Requirements = { approvals: { count: 1, from: ["sre"], remind: 5 * minute, escalate } };

describe("calling those whom a request waits for", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
    for (const [i, person] of [alice, bob, carol, dora].entries())
      desk.directory.put({ ...person, slack: [`T1/U${i + 1}`] } as never);
    desk.directory.put({ sub: "lena", groups: ["leads"], slack: ["T1/U9"] } as never);
  });
  const asked = async (requirements: Requirements = one): Promise<AwaitingApproval> => {
    desk.tier("privileged", requirements);
    return inState(await desk.plans(await desk.asks(alice, restartIn("prod"))), "awaiting-approval");
  };
  /** What every web process does each second, so long from now; the kinds of calls that were recorded since. */
  const later = async ({ id }: { readonly id: string }, ms: number) => {
    const before = desk.records.trail.events.length;
    desk.clock.pass(ms);
    for (let process = 0; process < 3; process++) await desk.lifecycle.lapse(id);
    return desk.records.trail.events.slice(before).map(({ kind }) => kind);
  };
  const waiting = async (request: { readonly id: string }) =>
    inState(await desk.now(request), "awaiting-approval").waiting;

  it("reminds once who can approve, and escalates once to whom the policy names, by the clock of the store", async () => {
    const request = await asked();
    const since = desk.clock.now();
    assert.deepEqual(await later(request, 5 * minute - 1), []);
    assert.deepEqual(await later(request, 1), ["approval.reminded"]);
    assert.deepEqual((await waiting(request))?.reminded, {
      at: since + 5 * minute,
      users: ["U2", "U3", "U4"],
      others: false,
    });
    assert.deepEqual(await later(request, 5 * minute - 1), []);
    assert.deepEqual(await later(request, 1), ["approval.escalated"]);
    assert.deepEqual((await waiting(request))?.escalated?.users, ["U9"]);
    assert.deepEqual(await later(request, 10 * minute), []);
    assert.deepEqual(await later(request, 10 * minute + 1), ["request.expired"]);
  });

  it("happens neither early, nor twice, nor in another order, whoever says so", async () => {
    const request = await asked();
    const refused = (from: AwaitingApproval, type: "reminded" | "escalated", now: number) =>
      isRefusal(transition(from, { type, users: [], others: false }, now));
    const since = desk.clock.now();
    assert.ok(refused(request, "reminded", since + 5 * minute - 1));
    assert.ok(!refused(request, "reminded", since + 5 * minute));
    assert.ok(refused(request, "escalated", since + 10 * minute), "the reminder comes first");
    await later(request, 5 * minute);
    assert.ok(refused(inState(await desk.now(request), "awaiting-approval"), "reminded", since + 6 * minute));
  });

  it("is found by the sweep when its time has come, and not before", async () => {
    const { id } = await asked();
    for (const type of ["reminded", "escalated"]) {
      desk.clock.pass(5 * minute - 1);
      assert.deepEqual(await desk.store.overdue(10), [], type);
      desk.clock.pass(1);
      assert.deepEqual(await desk.store.overdue(10), [id], type);
      await desk.lifecycle.lapse(id);
    }
  });

  it("calls nobody once the request has gone on", async () => {
    const [granted, denied] = [await asked(), await asked()];
    accepted(await desk.lifecycle.approve(granted.id, bob, undefined));
    accepted(await desk.lifecycle.deny(denied.id, carol, "not now"));
    for (const request of [granted, denied]) {
      assert.ok(!("waiting" in (await desk.now(request))));
      const kinds = await later(request, 20 * minute);
      assert.ok(!kinds.some((kind) => kind.startsWith("approval.")), kinds.join());
    }
  });

  it("names nobody who has approved already, nor the requester, and five at most", async () => {
    const many = Array.from({ length: 6 }, (_, i) => ({ sub: `p${i}`, groups: ["sre"], slack: [`T1/UP${i}`] }));
    const request = await asked({ approvals: { count: 2, from: ["sre", "oncall"], remind: minute } });
    accepted(await desk.lifecycle.approve(request.id, bob, undefined));
    await later(request, minute);
    assert.deepEqual((await waiting(request))?.reminded?.users, ["U3", "U4"]);
    for (const person of many) desk.directory.put(person as never);
    const other = await asked({ approvals: { count: 2, from: ["sre"], remind: minute } });
    await later(other, minute);
    const { users = [], others } = (await waiting(other))?.reminded ?? {};
    assert.deepEqual([users.length, others], [5, true]);
  });

  it("begins anew with each stage", async () => {
    const next = [{ count: 1, from: ["leads"], remind: 2 * minute }];
    const request = await asked({ approvals: { count: 1, from: ["sre"], remind: 5 * minute, next } });
    assert.deepEqual(await later(request, 4 * minute), []);
    accepted(await desk.lifecycle.approve(request.id, bob, undefined));
    assert.deepEqual(await later(request, 2 * minute - 1), []);
    assert.deepEqual(await later(request, 1), ["approval.reminded"]);
    const entry = desk.records.trail.events.at(-1);
    assert.deepEqual(entry, { kind: "approval.reminded", request: request.id, stage: 2, called: 1 });
  });

  it("escalates at once where too few could approve, and reminds all the same", async () => {
    const request = await asked({ approvals: { count: 4, from: ["sre"], remind: 5 * minute, escalate } });
    assert.deepEqual(await later(request, 0), ["approval.escalated"]);
    const entry = desk.records.trail.events.at(-1);
    const to = "C0LEADS, group:leads";
    assert.deepEqual(entry, { kind: "approval.escalated", request: request.id, stage: 1, called: 1, to });
    assert.deepEqual(await later(request, 5 * minute), ["approval.reminded"]);
  });

  it("lets nobody approve who may not: who is called by an escalation has no say", async () => {
    const request = await asked();
    await later(request, 10 * minute);
    const lena = { sub: "lena", groups: ["leads"] };
    const standing = await desk.lifecycle.standing(await desk.now(request), lena, desk.clock.now());
    assert.ok(!standing.may && standing.refusal.refused === "not-an-approver");
  });

  it("is said in words where the policy is explained", () => {
    assert.deepEqual(requirementWords(one), [
      "1 other person of sre must approve; they are reminded after 5 minutes; " +
        "it is escalated to the channel C0LEADS and the group leads after 10 minutes",
    ]);
  });
});
