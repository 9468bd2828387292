import assert from "node:assert/strict";
import { digestOf } from "../../src/operation/digest.ts";
import { ask } from "../../src/request/ask.ts";
import { labPolicy } from "../fakes/policy.ts";
import { alice, erin, lifetimes, openDesk, readPods, refusalOf, restartIn, type TestDesk } from "./desk.ts";
import { inState } from "./samples.ts";

const origin = { team: "T1", channel: "C1", user: "U1" };

describe("ask", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });
  const asking = (subject = alice, operation = restartIn("prod")) =>
    ask(desk, { subject, origin, operation, reason: "5xx" });

  it("opens a request for a change, which the worker must plan first", async () => {
    const request = inState((await asking()) as never, "planning");
    const now = desk.clock.now();
    assert.deepEqual([request.askedAt, request.expiresAt], [now, now + lifetimes.request]);
    assert.deepEqual([request.requester, request.reason, request.plan], ["alice", "5xx", undefined]);
    assert.deepEqual(desk.wake.woken, [`worker:demo ${request.id}`]);
  });

  it("opens a read complete with its plan and digest, which need no look at the cluster", async () => {
    const request = inState((await asking(alice, readPods)) as never, "planning");
    assert.ok(request.plan);
    assert.equal(request.digest, digestOf({ request: request.id, requester: "alice", reason: "5xx" }, request.plan));
    assert.deepEqual(desk.wake.woken, [`web ${request.id}`]);
  });

  it("refuses whom no rule permits, says who may, and leaves nothing but the refusal on record", async () => {
    const refused = await asking(erin);
    assert.equal(refusalOf(refused), "not-permitted");
    assert.match("remedy" in refused ? String(refused.remedy) : "", /the group oncall/);
    assert.deepEqual(desk.records.trail.events, [
      {
        kind: "request.refused",
        subject: "erin",
        code: "not-permitted",
        why: "No rule permits erin to ask for rollout-restart.",
        spoken: "rollout restart deploy/api -n prod -c demo",
        policy: labPolicy.revision,
      },
    ]);
    assert.deepEqual([await desk.store.of("erin", 1), desk.wake.woken], [[], []]);
  });

  it("refuses what a rule forbids, by the rule's name", async () => {
    const refused = await asking(alice, restartIn("kube-system"));
    assert.equal(refusalOf(refused), "forbidden");
    assert.match("says" in refused ? refused.says : "", /The rule "kube-system" refuses this/);
    const [entry, ...more] = desk.records.trail.events;
    assert.ok(entry?.kind === "request.refused" && more.length === 0);
    assert.equal(entry.code, "forbidden");
  });

  it("lets rules about the plan wait for the plan of a change", async () => {
    const rule = { name: "big", replicasOver: 10, tier: "forbidden" };
    desk.policy.replace({ ...desk.policy.current(), raise: [rule] });
    assert.equal(refusalOf(await asking()), undefined);
    assert.equal(refusalOf(await asking(alice, readPods)), "forbidden");
  });

  it("does not answer before the refusal is on record", async () => {
    const trail = { ...desk.trail, append: () => Promise.reject(new Error("no trail")) };
    const unrecorded = ask({ ...desk, trail }, { subject: erin, origin, operation: readPods, reason: "" });
    await assert.rejects(unrecorded, /no trail/);
  });
});
