import assert from "node:assert/strict";
import type { Operation } from "../../src/operation/operation.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Finished } from "../../src/request/request.ts";
import { undoOffer } from "../../src/request/undo-offer.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { labPolicy } from "../fakes/policy.ts";
import { accepted, alice, bob, carol, openDesk, refusalOf, type TestDesk } from "./desk.ts";
import { inState, plan as samplePlan } from "./samples.ts";

const day = 24 * 3_600_000;

describe("undoing what succeeded", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });
  const origin = { team: "T1", channel: "C1", user: "U2" };
  const scaleIn = (place: string): Operation => {
    const target = { kind: "Deployment", namespace: namespace(place), name: name("api") } as const;
    return { kind: "scale", cluster: "demo", target, replicas: 5 };
  };

  /** Alice has scaled it from 3 to 5. */
  async function scaled(place: string): Promise<Finished> {
    const changes = [{ field: "spec.replicas", from: "3", to: "5" }];
    const asked = await desk.asks(alice, scaleIn(place));
    const { id } = await desk.plans(asked, { ...samplePlan, operation: asked.operation, changes });
    accepted(await desk.lifecycle.prove(id, alice, responseAt("alice", 1)));
    if (place === "prod") accepted(await desk.lifecycle.approve(id, carol, responseAt("carol", 1)));
    const leaseUntil = desk.clock.now() + 30_000;
    for (const event of [
      { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } },
      { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil },
      {
        type: "finished",
        fence: 1,
        as: "succeeded",
        outcome: { at: desk.clock.now(), says: "done", apiAuditIds: [] },
      },
    ] as const)
      accepted(await desk.mover.move(id, () => ({ event })));
    return inState(await desk.now({ id }), "succeeded") as Finished;
  }
  const undo = (request: { readonly id: string }, subject = bob) =>
    desk.lifecycle.undo(request.id, { subject, origin, reason: `undo of ${request.id}` });

  it("asks for the way back as a new request of whoever clicked, which takes all that any request takes", async () => {
    const request = await scaled("prod");
    const back = accepted(await undo(request));
    assert.deepEqual([back.state, back.requester, back.reason], ["planning", "bob", `undo of ${request.id}`]);
    assert.deepEqual(back.operation, { ...scaleIn("prod"), replicas: 3 });
    const planned = await desk.plans(back);
    assert.equal(planned.state, "awaiting-challenge");
    accepted(await desk.lifecycle.prove(back.id, bob, responseAt("bob", 1)));
    assert.equal(refusalOf(await desk.lifecycle.approve(back.id, bob, responseAt("bob", 2))), "own-request");
    assert.equal((await desk.now(back)).state, "awaiting-approval");
  });

  it("is offered no more once somebody asked for it, and says who and by which request", async () => {
    const request = await scaled("prod");
    const back = accepted(await undo(request));
    const asked = inState(await desk.now(request), "succeeded") as Finished;
    assert.deepEqual(asked.undo, { at: desk.clock.now(), asked: { subject: "bob", request: back.id } });
    assert.equal(undoOffer(asked), undefined);
    const no = await undo(request, alice);
    assert.ok(isRefusal(no) && no.refused === "not-in-this-state");
    const entry = desk.records.trail.events.at(-1);
    assert.deepEqual(entry, { kind: "undo.asked", request: request.id, subject: "bob", by: back.id });
  });

  it("makes two requests of two people who submit at the same moment, and never more of one submit", async () => {
    const request = await scaled("prod");
    const before = desk.records.trail.events.filter(({ kind }) => kind === "request.asked").length;
    const both = await Promise.all([undo(request, bob), undo(request, alice)]);
    const after = desk.records.trail.events.filter(({ kind }) => kind === "request.asked").length;
    assert.equal(after - before, both.filter((answer) => !isRefusal(answer)).length);
    assert.equal(desk.records.trail.events.filter(({ kind }) => kind === "undo.asked").length, 1);
  });

  it("is offered for a day, and lapses by itself with an entry in the trail", async () => {
    const request = await scaled("prod");
    desk.clock.pass(day);
    await desk.lifecycle.lapse(request.id);
    assert.ok(undoOffer(await desk.now(request)));
    desk.clock.pass(1);
    assert.deepEqual(await desk.store.overdue(10), [request.id]);
    const late = await undo(request);
    assert.ok(isRefusal(late) && late.remedy === "Type `scale deploy/api --replicas=3 -n prod -c demo -- REASON`.");
    await desk.lifecycle.lapse(request.id);
    const lapsed = inState(await desk.now(request), "succeeded") as Finished;
    assert.deepEqual(lapsed.undo, { at: desk.clock.now() });
    assert.deepEqual(desk.records.trail.events.at(-1), { kind: "undo.lapsed", request: request.id });
  });

  it("is for those alone whom the policy lets ask for the way back, and names the rule", async () => {
    const request = await scaled("prod");
    const no = desk.lifecycle.undoStanding(request, carol, desk.clock.now());
    assert.ok(isRefusal(no) && no.refused === "not-permitted" && /No rule permits carol/.test(no.says));
    assert.equal(refusalOf(await undo(request, carol)), "not-permitted");
    const freeze = { name: "freeze", operations: ["scale"], tier: "forbidden" } as const;
    desk.policy.replace({ ...labPolicy, raise: [freeze] });
    assert.equal(refusalOf(await undo(request)), "forbidden");
    assert.ok(undoOffer(await desk.now(request)));
  });

  it("is not of a request that has not succeeded", async () => {
    const request = await desk.asks(alice, scaleIn("prod"));
    assert.equal(refusalOf(await undo(request)), "not-in-this-state");
    assert.equal(refusalOf(await undo({ id: "r-nosuchrequ" })), "no-such-request");
  });

  describe("attack: a thief of Redis edits what would be taken back", () => {
    const edits: readonly (readonly [what: string, edit: (request: Finished) => Finished])[] = [
      [
        "the number to go back to",
        (r) => ({ ...r, plan: { ...r.plan, changes: [{ field: "spec.replicas", from: "0", to: "5" }] } }),
      ],
      ["the operation of the plan", (r) => ({ ...r, plan: { ...r.plan, operation: scaleIn("payments") } })],
      ["the operation", (r) => ({ ...r, operation: scaleIn("payments") })],
      ["the digest", (r) => ({ ...r, digest: "0".repeat(64) })],
      ["the reason", (r) => ({ ...r, reason: "another" })],
    ];
    for (const [what, edit] of edits)
      it(`${what}: it is not asked for`, async () => {
        const request = edit(await scaled("prod"));
        const no = desk.lifecycle.undoStanding(request, bob, desk.clock.now());
        assert.equal(isRefusal(no) && no.refused, "grant-does-not-hold");
      });
  });
});
