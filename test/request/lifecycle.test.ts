import assert from "node:assert/strict";
import { isOver, type Request } from "../../src/request/request.ts";
import { codeAt, responseAt, typed } from "../fakes/authenticator.ts";
import {
  accepted,
  alice,
  bob,
  carol,
  dora,
  lifetimes,
  openDesk,
  readPods,
  refusalOf,
  restartIn,
  type TestDesk,
} from "./desk.ts";
import { inState } from "./samples.ts";

describe("the lifecycle", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });
  const approves = (request: Request, subject = bob, step = 3) =>
    desk.lifecycle.approve(request.id, subject, responseAt(subject.sub, step));

  describe("by tier", () => {
    it("routine: granted as it is asked", async () => {
      assert.equal((await desk.asks(alice, readPods)).state, "granted");
    });

    it("guarded: granted with the requester's proof", async () => {
      assert.equal((await desk.asksAndProves(alice, restartIn("staging"))).state, "granted");
    });

    it("privileged: granted with the proof and one approval", async () => {
      const request = await desk.asksAndProves(alice, restartIn("prod"));
      assert.equal(request.state, "awaiting-approval");
      accepted(await approves(request));
      assert.deepEqual(inState(await desk.now(request), "granted").grant.grant.approvers, ["bob"]);
    });

    it("critical: granted with the proof and two approvals, the second of another person", async () => {
      const request = await desk.asksAndProves(alice, restartIn("payments"));
      accepted(await approves(request));
      assert.equal(refusalOf(await approves(request, bob, 4)), "already-approved");
      assert.equal((await desk.now(request)).state, "awaiting-approval");
      accepted(await approves(request, dora));
      assert.deepEqual(inState(await desk.now(request), "granted").grant.grant.approvers, ["bob", "dora"]);
    });

    it("no request is granted by its own requester, alone or as one of two", async () => {
      const request = await desk.asksAndProves(bob, restartIn("payments"));
      assert.equal(refusalOf(await approves(request, bob, 4)), "own-request");
      accepted(await approves(request, carol));
      assert.equal(refusalOf(await approves(request, bob, 5)), "own-request");
      assert.equal((await desk.now(request)).state, "awaiting-approval");
    });
  });

  it("answers each yes with the request as it stands after the web side's own turn", async () => {
    const origin = { team: "T1", channel: "C1", user: "U1" };
    const read = await desk.lifecycle.ask({ subject: alice, origin, operation: readPods, reason: "" });
    assert.equal(accepted(read).state, "granted");
    const guarded = await desk.plans(await desk.asks(alice, restartIn("staging")));
    assert.equal(accepted(await desk.lifecycle.prove(guarded.id, alice, responseAt("alice", 1))).state, "granted");
    const critical = await desk.asksAndProves(alice, restartIn("payments"), 2);
    assert.equal(accepted(await approves(critical)).state, "awaiting-approval");
    assert.equal(accepted(await approves(critical, dora)).state, "granted");
  });

  it("lapses at each stage where nobody goes on, and then takes no more yes", async () => {
    const stages = [
      await desk.asks(alice, restartIn("prod")),
      await desk.plans(await desk.asks(alice, restartIn("prod"))),
      await desk.asksAndProves(alice, restartIn("prod")),
      await desk.asks(alice, readPods),
    ];
    desk.clock.pass(lifetimes.request + 1);
    assert.deepEqual([...(await desk.store.overdue(10))].sort(), stages.map(({ id }) => id).sort());
    for (const { id } of stages) await desk.lifecycle.lapse(id);
    for (const request of stages) {
      assert.equal(inState(await desk.now(request), "expired").ended.was, request.state);
      assert.equal(refusalOf(await approves(request)), "not-in-this-state");
      const proved = await desk.lifecycle.prove(request.id, alice, responseAt("alice", 90));
      assert.equal(refusalOf(proved), "not-in-this-state");
      assert.equal(refusalOf(await desk.lifecycle.deny(request.id, bob, "late")), "not-in-this-state");
      assert.equal(refusalOf(await desk.lifecycle.cancel(request.id, alice, "")), "not-in-this-state");
    }
  });

  it("tells people how they stand", async () => {
    const request = await desk.asksAndProves(alice, restartIn("prod"));
    assert.deepEqual(await desk.lifecycle.standing(request, bob, desk.clock.now()), { may: true, ways: ["totp"] });
  });

  describe("attack: a race", () => {
    /** All that can end or grant it, at once, in every turn of their order; lapsing is due exactly when `late`. */
    const contenders = (request: Request): readonly (() => Promise<unknown>)[] => [
      () => approves(request, bob),
      () => desk.lifecycle.deny(request.id, carol, "no"),
      () => desk.lifecycle.cancel(request.id, alice, "no longer wanted"),
      () => desk.lifecycle.lapse(request.id),
      () => desk.lifecycle.advance(request.id),
      () => approves(request, dora),
    ];
    const ends = ["granted", "denied", "cancelled", "expired"];
    const enders: readonly string[] = ["grant.signed", "request.denied", "request.cancelled", "request.expired"];

    for (const late of [false, true])
      for (let turn = 0; turn < 6; turn++)
        it(`between everybody has one winner (${late ? "late" : "in time"}, order ${turn + 1})`, async () => {
          const request = await desk.asksAndProves(alice, restartIn("prod"));
          if (late) desk.clock.pass(lifetimes.request + 1);
          const all = contenders(request);
          const ordered = [...all.slice(turn), ...all.slice(0, turn)];
          await Promise.all(ordered.map((act) => act()));
          const now = await desk.now(request);
          assert.ok(ends.includes(now.state), now.state);
          const ended = desk.records.trail.events.filter(({ kind }) => enders.includes(kind));
          // A grant may still be taken back before it runs; nothing else follows an end.
          const expected = ended[0]?.kind === "grant.signed" && now.state !== "granted" ? 2 : 1;
          assert.equal(ended.length, expected, ended.map(({ kind }) => kind).join());
          if (late) assert.notEqual(now.state, "granted");
        });

    it("of many who deny, cancel and lapse ends the request once", async () => {
      const request = await desk.asksAndProves(alice, restartIn("prod"));
      const all = [0, 1, 2].flatMap(() => contenders(request).slice(1, 3));
      const answers = (await Promise.all(all.map((act) => act()))) as Parameters<typeof refusalOf>[0][];
      assert.equal(answers.filter((answer) => refusalOf(answer) === undefined).length, 1);
      assert.ok(isOver(await desk.now(request)));
    });

    it("between two approvers for a quorum of two signs one grant of both", async () => {
      const request = await desk.asksAndProves(alice, restartIn("payments"));
      await Promise.all([approves(request, bob), approves(request, carol)]);
      const { grant } = inState(await desk.now(request), "granted");
      assert.deepEqual([...grant.grant.approvers].sort(), ["bob", "carol"]);
      assert.equal(desk.records.trail.events.filter(({ kind }) => kind === "grant.signed").length, 1);
    });

    it("between two approvers for a quorum of one counts who was first", async () => {
      const request = await desk.asksAndProves(alice, restartIn("prod"));
      await Promise.all([approves(request, bob), approves(request, carol)]);
      const { approvals, grant } = inState(await desk.now(request), "granted");
      assert.deepEqual(
        approvals.map(({ subject }) => subject),
        grant.grant.approvers,
      );
    });
  });

  describe("the record", () => {
    it("holds no code that was typed, in any entry or request", async () => {
      const codes = [1, 2, 3, 4].map((step) => codeAt("alice", step));
      const [first = "", second = ""] = codes;
      const approving = ["bob", "carol"].map((subject) => codeAt(subject, 3));
      const wrong = "999999";
      const request = await desk.plans(await desk.asks(alice, restartIn("payments")));
      await desk.lifecycle.prove(request.id, alice, typed(wrong));
      await desk.lifecycle.prove(request.id, alice, typed("hunter2"));
      await desk.lifecycle.prove(request.id, alice, typed(first));
      await desk.lifecycle.approve(request.id, bob, typed(wrong));
      for (const subject of [bob, carol]) accepted(await approves(request, subject));
      const other = await desk.plans(await desk.asks(alice, restartIn("staging")));
      await desk.lifecycle.prove(other.id, alice, typed(first));
      await desk.lifecycle.prove(other.id, alice, typed(second));
      const written = [...desk.records.trail.events, await desk.now(request), await desk.now(other)];
      assert.ok(desk.records.trail.events.length > 12);
      const texts = textsIn(written);
      assert.ok(texts.includes("alice") && texts.includes("bob"));
      for (const text of texts)
        for (const code of [...codes, ...approving, wrong, "hunter2"])
          assert.ok(!text.includes(code), `${code} stands in ${text}`);
    });

    it("has one entry for each version of each request, in the order they came", async () => {
      const request = await desk.asksAndProves(alice, restartIn("prod"));
      await desk.lifecycle.prove(request.id, alice, typed("1"));
      accepted(await approves(request));
      const own = desk.records.trail.events.filter((event) => "request" in event && event.request === request.id);
      assert.deepEqual(
        own.map(({ kind }) => kind),
        ["request.asked", "plan.made", "policy.decided", "proof.given", "approval.given", "grant.signed"],
      );
      assert.equal(desk.records.store.versionOf(request.id), own.length);
    });
  });
});

/** Every text and number anywhere inside. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
  return [String(value)];
}
