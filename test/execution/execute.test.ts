import assert from "node:assert/strict";
import { digestAnnotation, requestAnnotation } from "../../src/execution/objects/stamp.ts";
import { work } from "../../src/execution/work.ts";
import { alice, readPods } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { api, deployments, handles, openBench, restart, scaleTo, type TestBench, tickets } from "./bench.ts";

describe("execute", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  const kinds = () => test.desk.records.trail.events.map(({ kind }) => kind);

  it("restarts once, says so with evidence, and leaves its marks on object and cluster", async () => {
    const request = await test.granted(restart);
    const before = await test.admin.get(api);
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    const [effect, ...more] = test.effects();
    assert.deepEqual([effect?.verb, effect?.name, effect?.subresource, more], ["patch", "api", "", []]);
    assert.equal(effect?.user, "system:serviceaccount:countersign-operations:countersign-rollout-restart");
    assert.deepEqual(done.outcome.apiAuditIds, [effect?.auditId]);
    assert.match(done.outcome.credential ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(done.outcome.says, "done, and rolled out");

    const after = await test.admin.get(api);
    assert.equal(after.metadata.uid, before.metadata.uid);
    const { annotations } = after.metadata;
    assert.deepEqual([annotations?.[requestAnnotation], annotations?.[digestAnnotation]], [request.id, request.digest]);
    const [workload] = test.double.snapshot();
    assert.equal(workload?.restartedAt, new Date(request.grant.grant.grantedAt).toISOString());
    assert.ok(
      workload?.pods.every(({ revision, ready, phase }) => phase === "Terminating" || (ready && revision === "2")),
    );

    const ticket = await test.admin.get(`${tickets}/${request.id}`);
    assert.deepEqual(ticket["data"], {
      ...{ digest: request.digest, fence: "1", worker: "first", requester: "alice" },
      ...{ resourceVersion: before.metadata.resourceVersion, generation: "1" },
    });
    assert.deepEqual(await test.admin.list(handles), []);
  });

  it("scales once, through the subresource alone", async () => {
    const request = await test.granted(scaleTo(5));
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
    assert.deepEqual(
      test.effects().map(({ subresource, user }) => [subresource, user.split(":").at(-1)]),
      [["scale", "countersign-scale"]],
    );
    const [workload] = test.double.snapshot();
    assert.deepEqual([workload?.replicas, workload?.ready], [5, 5]);
  });

  it("writes its intent down before the ticket, and the ticket before the call", async () => {
    const request = await test.granted(scaleTo(5));
    await work(test.worker("first"), request.id);
    const own = kinds().filter((kind) => kind.startsWith("execution."));
    const ends = own.filter((kind) => kind !== "execution.progress");
    assert.deepEqual(ends, ["execution.claimed", "execution.intent", "execution.outcome"]);
    assert.ok(own.length > 3);
    const posts = test.double.requests.filter((line) => /^(POST|PATCH)/.test(line) && !line.includes("dryRun"));
    const last = posts.slice(-4).map((line) => line.replace(/\?.*/, "").split("/").slice(-2).join("/"));
    assert.deepEqual(last, [
      "countersign-operations/configmaps",
      "countersign-operations/secrets",
      "countersign-scale/token",
      "api/scale",
    ]);
  });

  it("records no token of the cluster, nor logs one", async () => {
    const request = await test.granted(restart);
    await work(test.worker("first"), request.id);
    test.double.faults.answer(403, /\/secrets\?/);
    const refused = await test.granted(restart);
    await work(test.worker("second"), refused.id);
    const written = JSON.stringify([test.desk.records.trail.events, await test.now(request), test.logged]);
    assert.ok(written.includes(request.id) && written.includes("execution.outcome"));
    assert.doesNotMatch(written, /eyJ|Bearer/);
  });

  it("answers a routine read, and changes nothing", async () => {
    const request = inState(await test.desk.asks(alice, readPods), "granted");
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.match(done.answer ?? "", /^NAME +READY +STATUS +RESTARTS +AGE\napi-/);
    assert.deepEqual([done.intent, test.effects()], [undefined, []]);
    assert.deepEqual(await test.admin.list(tickets), []);
  });

  it("runs once however many workers are called, one after the other and all at once", async () => {
    const request = await test.granted(restart);
    const workers = Array.from({ length: 5 }, (_, i) => test.worker(`worker-${i}`));
    await Promise.all(workers.map((bench) => work(bench, request.id)));
    for (const bench of workers) await work(bench, request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
    assert.equal(kinds().filter((kind) => kind === "execution.claimed").length, 1);
  });

  it("leaves a request alone whose cluster it does not serve", async () => {
    const request = await test.granted(restart);
    const elsewhere = { ...test.worker("elsewhere"), clusters: new Map() };
    await work(elsewhere, request.id);
    assert.deepEqual(await test.now(request), request);
  });

  it("leaves a request alone that is over, or not yet its turn", async () => {
    const request = await test.granted(restart);
    await test.desk.lifecycle.cancel(request.id, alice, "");
    const cancelled = await test.now(request);
    await work(test.worker("first"), request.id);
    await work(test.worker("first"), "r-nobody");
    assert.deepEqual([await test.now(request), test.effects()], [cancelled, []]);
  });

  describe("when the object is not what was approved any more", () => {
    const changes: readonly (readonly [string, typeof restart, (test: TestBench) => Promise<unknown>, RegExp])[] = [
      [
        "its template was changed",
        restart,
        ({ admin }) => admin.patch(api, { spec: { template: { metadata: { labels: { rev: "2" } } } } }),
        /the object was changed since it was approved/,
      ],
      [
        "it was scaled by somebody",
        scaleTo(5),
        ({ admin }) => admin.patch(`${api}/scale`, { spec: { replicas: 2 } }),
        /since it was approved, spec.replicas became 2/,
      ],
      [
        "it has the wanted number already",
        scaleTo(5),
        ({ admin }) => admin.patch(`${api}/scale`, { spec: { replicas: 5 } }),
        /has 5 replicas already/,
      ],
      ["it was paused", restart, ({ admin }) => admin.patch(api, { spec: { paused: true } }), /is paused/],
      ["it was deleted", restart, ({ admin }) => admin.remove(api), /the object is gone/],
      [
        "it was deleted and made again, the same in every field",
        restart,
        async ({ admin }) => {
          const { metadata, ...rest } = await admin.get(api);
          await admin.remove(api);
          const { name, labels } = metadata;
          await admin.create(deployments, { ...rest, metadata: { name, labels } });
        },
        /the object was deleted, and another of the same name made/,
      ],
    ];
    for (const [what, operation, change, why] of changes)
      it(`conflicts, and does nothing: ${what}`, async () => {
        const request = await test.granted(operation);
        await change(test);
        await work(test.worker("first"), request.id);
        const { ended } = inState(await test.now(request), "conflict");
        assert.match(ended.why, why);
        assert.deepEqual([test.effects(), await test.admin.list(tickets)], [[], []]);
      });

    it("goes on where only its status has moved", async () => {
      const request = await test.granted(restart);
      await test.admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
      await test.admin.patch(`${api}/scale`, { spec: { replicas: 3 } });
      await work(test.worker("first"), request.id);
      inState(await test.now(request), "succeeded");
    });
  });
});
