import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { noCallCanCome } from "../../src/execution/look-again.ts";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Finished, Request, Unknown } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { cronJob } from "../lab/kubernetes/seed.ts";
import { accepted, alice, bob } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { api, openBench, restart, scaleTo, type TestBench, tickets } from "./bench.ts";
import { call, often } from "./misfortunes.ts";
import { type Moment, mortalWorker, watchedWorker } from "./watched.ts";

describe("whether a call may still come", () => {
  const object = { metadata: { resourceVersion: "8" } };
  const bound = { idempotent: true } as const;

  it("is denied only where each version that a call was bound to is gone", () => {
    assert.equal(noCallCanCome(bound, object, ["7", undefined]), true);
    assert.equal(noCallCanCome(bound, object, ["7", "8"]), false);
    assert.equal(noCallCanCome(bound, object, ["8", "7"]), false);
  });

  it("is never denied of a call that is bound to no version, of one that makes another object, nor without an object", () => {
    const mark = () => ({ group: "batch", version: "v1", resource: "jobs", namespace: "prod", name: "nightly" });
    assert.equal(noCallCanCome({ idempotent: false }, object, ["7"]), false);
    assert.equal(noCallCanCome({ ...bound, mark }, object, ["7"]), false);
    assert.equal(noCallCanCome(bound, undefined, ["7"]), false);
    assert.equal(noCallCanCome(bound, {}, ["7"]), false);
  });
});

describe("looking again", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  /** The request after its worker could not tell what came of the call. */
  async function unknownAfter(operation: Operation, misfortune: () => void): Promise<Unknown> {
    const request = await test.granted(operation);
    misfortune();
    await work(test.worker("first"), request.id);
    test.double.faults.clear();
    return inState(await test.now(request), "unknown");
  }
  const lost = () => test.double.faults.drop("before-effect", call, often);
  /** Somebody asks for a look, and a worker looks. */
  async function look(request: Request, asker = bob): Promise<Request> {
    accepted(await test.desk.lifecycle.lookAgain(request.id, asker));
    await work(test.worker("looker"), request.id);
    return test.now(request);
  }
  /** What a thief of Redis does to the record. */
  async function rewrite(id: string, edit: (request: Unknown) => Unknown): Promise<void> {
    const stored = await test.desk.store.read(id);
    assert.ok(stored?.request.state === "unknown");
    const event = { kind: "look.asked", request: id, subject: "thief" } as const;
    const next = edit(stored.request);
    await test.desk.store.keep({ operationId: `forged-${id}`, next, expect: stored.version, event });
  }
  const seenIn = (request: Request) => inState(request, "unknown").looks?.at(-1)?.found?.says ?? "";
  const calls = () => test.double.requests.filter((line) => call.test(line) && line.startsWith("PATCH")).length;
  /** Moves the object's version, and nothing that was approved. */
  const churn = () => test.admin.patch(api, { metadata: { labels: { seen: "today" } } });

  /** The request whose first worker died there, and of which the next one could not tell: nobody may carry it now. */
  async function unknownAfterDeath(dies: Moment, operation: Operation = restart): Promise<Unknown> {
    const request = await test.granted(operation);
    await work(mortalWorker(test, "first", dies), request.id).catch(() => undefined);
    test.directory.remove(alice.sub);
    test.passLease();
    await work(test.worker("second"), request.id);
    return inState(await test.now(request), "unknown");
  }

  it("finds done what was done, and what came of it", async () => {
    const request = await unknownAfterDeath("after call");
    let done = await look(request);
    // Pods roll for a while; nobody watches, so it is looked at as often as it takes.
    while (done.state === "unknown") {
      assert.equal(seenIn(done), "The change was made, and what it set off is still under way.");
      done = await look(done);
    }
    const { outcome } = inState(done, "succeeded") as Finished;
    assert.equal(outcome.says, "done, and rolled out, as was seen when it was looked at again");
    assert.equal(test.effects().length, 1);
  });

  it("tells that the change was made where what came of it went wrong", async () => {
    test.double.faults.stallPods(true);
    await test.admin.patch(api, { spec: { progressDeadlineSeconds: 1 } });
    const request = await unknownAfterDeath("after call");
    let seen = await look(request);
    for (let i = 0; i < 8 && seen.state === "unknown"; i++) {
      await sleep(400);
      seen = await look(seen);
    }
    assert.match((inState(seen, "failed") as Finished).outcome.says, /^The change was made, but it is stuck: /);
  });

  it("sends no pod away for a drain whose worker died once the node was cordoned, and says who is still there", async () => {
    const [pod] = await test.admin.list("/api/v1/namespaces/prod/pods");
    assert.ok(pod);
    const node = String((pod["spec"] as { nodeName?: string }).nodeName);
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };
    const target = { kind: "Node", name: name(node) } as const;
    const request = await unknownAfterDeath("after call", { kind: "drain", cluster: "demo", target, ...flags });
    const failed = inState(await look(request), "failed") as Finished;
    assert.match(
      failed.outcome.says,
      /^The change was made, but \d+ of \d+ pods are still there: .*nothing more may be sent/,
    );
    assert.ok(!test.double.requests.some((line) => line.includes("/eviction")));
  });

  it("never sends the change again, whatever it sees", async () => {
    const request = await unknownAfter(restart, lost);
    const before = calls();
    await look(request);
    await churn();
    await look(await test.now(request));
    assert.equal(calls(), before);
    assert.deepEqual(test.effects(), []);
  });

  it("does not call undone what a call on its way may still do", async () => {
    const request = await unknownAfter(scaleTo(5), lost);
    assert.match(
      seenIn(await look(request)),
      /does not show that it was done, but a call may still be on its way\. Now: spec\.replicas is 3\.$/,
    );
  });

  it("calls undone what no call can do any more, as the version it was bound to is gone", async () => {
    const request = await unknownAfter(scaleTo(5), lost);
    await churn();
    const failed = inState(await look(request, alice), "failed") as Finished;
    assert.match(failed.outcome.says, /was not changed, and no call can reach it any more\. Nothing was done\.$/);
    assert.deepEqual(
      failed.looks?.map(({ by, found }) => [by, found?.says]),
      [["alice", failed.outcome.says]],
    );
    const entry = test.desk.records.trail.events.at(-1);
    assert.ok(entry?.kind === "look.answered" && entry.as === "failed");
  });

  it("does not call undone what an earlier worker may still do from the version its ticket names", async () => {
    const request = await unknownAfter(scaleTo(5), lost);
    accepted(await test.desk.lifecycle.lookAgain(request.id, bob));
    await rewrite(request.id, (r) => ({ ...r, intent: { at: 0, step: 0, resourceVersion: "1" } }));
    await work(test.worker("looker"), request.id);
    assert.match(seenIn(await test.now(request)), /a call may still be on its way/);
  });

  it("does not call undone what may still be done from a version that was gone on to", async () => {
    const request = await test.granted(scaleTo(5));
    let sent = 0;
    const worker = watchedWorker(test, "first", async (moment) => {
      // The first call is refused, for the object has moved; the next ones are lost.
      if (moment === "before call") await (sent++ === 0 ? churn() : lost());
    });
    await work(worker, request.id);
    test.double.faults.clear();
    assert.match(seenIn(await look(request)), /a call may still be on its way/);
  });

  it("does not call undone what is bound to no version: a job may still be made at any time", async () => {
    const cronJobs = collectionPath("CronJob", "prod");
    await test.admin.create(cronJobs, cronJob("prod", "nightly"));
    const target = { kind: "CronJob", namespace: namespace("prod"), name: name("nightly") } as const;
    const request = await unknownAfter({ kind: "create-job", cluster: "demo", target }, () =>
      test.double.faults.drop("before-effect", /\/jobs\?(?!.*dryRun)/, often),
    );
    await test.admin.patch(`${cronJobs}/nightly`, { metadata: { labels: { seen: "today" } } });
    assert.match(seenIn(await look(request)), /^The object does not show (whether|that) it was done/);
  });

  it("says what it sees where somebody else has changed the object", async () => {
    const request = await unknownAfter(scaleTo(5), lost);
    await test.admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
    assert.match(
      seenIn(await look(request)),
      /^The object does not show whether it was done\. Now: spec\.replicas is 4\.$/,
    );
    await test.admin.remove(api);
    assert.match(seenIn(await look(request)), /^The object does not show whether it was done\. The object is gone\.$/);
  });

  it("says that the cluster is away, and is over with that", async () => {
    const request = await unknownAfter(restart, lost);
    test.double.faults.answer(503, /configmaps/, often);
    assert.match(seenIn(await look(request)), /^The cluster did not answer as it should: /);
    assert.equal(await test.desk.store.waiting("worker:demo", 0, 10).then(({ length }) => length), 0);
  });

  it("takes the ticket of what was never begun, so that it can never begin, and says that nothing was done", async () => {
    const request = await unknownAfterDeath("after intent");
    assert.deepEqual(await test.admin.list(tickets), []);
    const failed = inState(await look(request), "failed") as Finished;
    assert.match(failed.outcome.says, /no call was ever sent, and none can be any more/);
    const [ticket] = await test.admin.list(tickets);
    assert.equal((ticket as { data?: { resourceVersion?: string } }).data?.resourceVersion, undefined);
    assert.deepEqual(test.effects(), []);
  });

  it("does not go by an object of another request, nor by a ticket for another plan", async () => {
    const request = await unknownAfter(restart, lost);
    await test.admin.remove(`${tickets}/${request.id}`);
    await test.cluster.takeTicket(request.id, { digest: "0".repeat(64), fence: "1" });
    assert.equal(seenIn(await look(request)), "The cluster holds a ticket of this request for another plan.");
  });

  describe("attack: a thief of Redis edits what is looked at", () => {
    const edits: readonly (readonly [what: string, edit: (request: Unknown) => Unknown, says: RegExp])[] = [
      ["the plan", (r) => ({ ...r, plan: { ...r.plan, binding: null } }), /plan in the record is not the one/],
      ["the operation", (r) => ({ ...r, operation: scaleTo(0) }), /operation in the record is not the one/],
      ["the digest", (r) => ({ ...r, digest: "0".repeat(64) }), /for another plan/],
      [
        "the grant",
        (r) => ({ ...r, grant: { ...r.grant, grant: { ...r.grant.grant, notAfter: 9e15 } } }),
        /signature does not hold/,
      ],
    ];
    for (const [what, edit, says] of edits)
      it(`${what}: it says that the record cannot be believed, and takes no ticket`, async () => {
        const request = await unknownAfterDeath("after intent");
        accepted(await test.desk.lifecycle.lookAgain(request.id, bob));
        await rewrite(request.id, edit);
        await work(test.worker("looker"), request.id);
        assert.match(seenIn(await test.now(request)), says);
        assert.deepEqual(await test.admin.list(tickets), []);
      });
  });
});
