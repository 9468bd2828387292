import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Request } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { cronJob } from "../lab/kubernetes/seed.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { leaseMs, openBench, type TestBench } from "./bench.ts";
import { Crashed, type Moment, mortalWorker, watchedWorker } from "./watched.ts";

const jobs = collectionPath("Job", "prod");
const cronJobs = collectionPath("CronJob", "prod");
const target = { kind: "CronJob", namespace: namespace("prod"), name: name("nightly") } as const;
const run: Operation = { kind: "create-job", cluster: "demo", target };

describe("a job made from a cronjob", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
    await test.admin.create(cronJobs, cronJob("prod", "nightly"));
  });
  afterEach(() => test.close());

  const made = () =>
    test.double.history.filter(
      ({ resource, user, changed }) => resource === "jobs" && changed && user.endsWith(":countersign-create-job"),
    );
  const nameOf = ({ id }: { readonly id: string }) => `nightly-${id}`;
  const saysOf = (request: Request) => ("outcome" in request ? request.outcome.says : "");
  const callOf = (moment: Moment, act: () => void | Promise<void>) =>
    watchedWorker(test, "first", async (reached) => {
      if (reached === moment) await act();
    });
  async function takeOver(request: Request): Promise<Request> {
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker("second"), request.id);
    return test.now(request);
  }
  async function planned(operation: Operation = run) {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }

  it("is planned under a name of the request's own, with what its pods run, and none of its values", async () => {
    const request = await planned();
    assert.ok("plan" in request && request.plan, JSON.stringify(request));
    const { changes, effects, object } = request.plan;
    assert.deepEqual(changes, [{ field: `the job ${nameOf(request)}`, from: "not there", to: "made from cj/nightly" }]);
    assert.equal(object?.kind, "CronJob");
    assert.deepEqual(effects.slice(0, 2), [
      "It runs one pod until 1 succeeded, as the service account default.",
      "Its pods run registry.example/report:1.0.0.",
    ]);
    assert.deepEqual(await test.admin.list(jobs), []);
  });

  it("is made as kubectl makes it, once, under its own account, in the name of the request", async () => {
    const request = await test.granted(run);
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.match(done.outcome.says, /^done, and job\/nightly-r-\w+ (runs|succeeded)$/);
    assert.equal(made().length, 1);
    const cron = await test.admin.get(`${cronJobs}/nightly`);
    const { metadata, spec } = await test.admin.get(`${jobs}/${nameOf(request)}`);
    assert.deepEqual(metadata.annotations, {
      "cronjob.kubernetes.io/instantiate": "manual",
      "countersign.dev/request": request.id,
      "countersign.dev/digest": request.digest,
    });
    assert.deepEqual(metadata.ownerReferences, [
      { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: cron.metadata.uid, controller: true },
    ]);
    const containers = (spec as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers;
    assert.deepEqual(
      containers.map(({ image }) => image),
      ["registry.example/report:1.0.0"],
    );
  });

  it("has the name it was given; of a longer cronjob the name is cut, so that a pod's label holds it", async () => {
    const long = "a".repeat(50).concat(".b");
    await test.admin.create(cronJobs, cronJob("prod", long));
    const cut = await planned({ kind: "create-job", cluster: "demo", target: { ...target, name: name(long) } });
    assert.ok("plan" in cut && cut.plan, JSON.stringify(cut));
    assert.equal(cut.plan.changes[0]?.field, `the job ${"a".repeat(50)}-${cut.id}`);
    const given = await planned({ kind: "create-job", cluster: "demo", target, job: name("by-hand") });
    assert.ok("plan" in given && given.plan);
    assert.equal(given.plan.changes[0]?.field, "the job by-hand");
  });

  it("is not planned under a name that is taken", async () => {
    await test.admin.create(jobs, { metadata: { name: "by-hand" }, spec: jobSpec });
    const request = await planned({ kind: "create-job", cluster: "demo", target, job: name("by-hand") });
    assert.ok("ended" in request);
    assert.equal(request.ended.why, "There is a job by-hand in the namespace prod already.");
  });

  it("warns where the cronjob is suspended, and where jobs of it run already", async () => {
    await test.admin.patch(`${cronJobs}/nightly`, { spec: { suspend: true, concurrencyPolicy: "Forbid" } });
    await test.admin.patch(`${cronJobs}/nightly/status`, {
      status: { active: [{ apiVersion: "batch/v1", kind: "Job", name: "a", namespace: "prod" }] },
    });
    const request = await planned();
    assert.ok("plan" in request && request.plan);
    assert.deepEqual(request.plan.live.warnings, [
      "The cronjob is suspended; this runs it all the same.",
      "1 of its jobs run now, and a job made by hand does not heed concurrencyPolicy Forbid.",
    ]);
  });

  const anotherImage = {
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "report", image: "evil:1" }] } } } } },
  };

  it("is not made of another template than was approved", async () => {
    const request = await test.granted(run);
    await test.admin.patch(`${cronJobs}/nightly`, anotherImage);
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    assert.deepEqual(made(), []);
  });

  it("is not made of a template that changed at the very last moment", async () => {
    const request = await test.granted(run);
    await work(
      callOf("after ticket", async () => void (await test.admin.patch(`${cronJobs}/nightly`, anotherImage))),
      request.id,
    );
    const failed = inState(await test.now(request), "failed");
    assert.match(saysOf(failed), /changed by somebody at the last moment; nothing was done/);
    assert.deepEqual(made(), []);
  });

  it("is not taken for ours when somebody took the name at the very last moment", async () => {
    const request = await test.granted(run);
    const theirs = { metadata: { name: nameOf(request) }, spec: jobSpec };
    await work(
      callOf("after ticket", async () => void (await test.admin.create(jobs, theirs))),
      request.id,
    );
    assert.match(saysOf(inState(await test.now(request), "failed")), /already exists/);
    assert.deepEqual(made(), []);
  });

  it("whose cronjob cannot be read at the last moment is known not to be made", async () => {
    const request = await test.granted(run);
    await work(
      callOf("after ticket", () => test.double.faults.answer(500, /^\/apis\/batch\/v1\/namespaces\/prod\/cronjobs/)),
      request.id,
    );
    assert.match(saysOf(inState(await test.now(request), "failed")), /could not be read, so no job was made/);
    assert.deepEqual(made(), []);
  });

  describe("is sent once, ever:", () => {
    /** Runs with a misfortune of the call itself; answers how often it was sent. */
    async function runWith(request: Request, misfortune: () => void): Promise<number> {
      let sent = 0;
      const bench = watchedWorker(test, "first", async (moment) => {
        if (moment !== "before call") return;
        sent++;
        if (sent === 1) misfortune();
      });
      await work(bench, request.id);
      return sent;
    }
    const creation = /\/jobs\?/;

    it("when its answer is lost, the job itself shows that it was made", async () => {
      const request = await test.granted(run);
      const sent = await runWith(request, () => test.double.faults.drop("after-effect", creation));
      inState(await test.now(request), "succeeded");
      assert.deepEqual([sent, made().length], [1, 1]);
    });

    for (const [what, misfortune] of [
      ["it is lost on its way", () => test.double.faults.drop("before-effect", creation)],
      ["the server fails", () => test.double.faults.answer(500, creation)],
    ] as const)
      it(`when ${what}, nobody knows, and nothing is sent again`, async () => {
        const request = await test.granted(run);
        const sent = await runWith(request, misfortune);
        assert.match(saysOf(inState(await test.now(request), "unknown")), /did not say whether it was done/);
        assert.deepEqual([sent, made().length], [1, 0]);
      });

    it("when its worker is gone after it, the next one looks at the job, and sends nothing", async () => {
      const request = await test.granted(run);
      await assert.rejects(work(mortalWorker(test, "first", "after call"), request.id), Crashed);
      inState(await takeOver(request), "succeeded");
      assert.equal(made().length, 1);
    });

    it("when its worker is gone after it, and the job was cleaned away: unknown, and not run a second time", async () => {
      const request = await test.granted(run);
      await assert.rejects(work(mortalWorker(test, "first", "after call"), request.id), Crashed);
      await test.admin.send("DELETE", `${jobs}/${nameOf(request)}`, { body: { propagationPolicy: "Background" } });
      assert.match(saysOf(inState(await takeOver(request), "unknown")), /must not be sent twice/);
      assert.equal(made().length, 1);
    });

    it("when its worker is gone before it, with its ticket taken: unknown, and not sent", async () => {
      const request = await test.granted(run);
      await assert.rejects(work(mortalWorker(test, "first", "before call"), request.id), Crashed);
      assert.match(saysOf(inState(await takeOver(request), "unknown")), /must not be sent twice/);
      assert.deepEqual(made(), []);
    });

    it("when its worker is gone, and somebody else's job stands in its place: unknown", async () => {
      const request = await test.granted(run);
      await assert.rejects(work(mortalWorker(test, "first", "before call"), request.id), Crashed);
      await test.admin.create(jobs, { metadata: { name: nameOf(request) }, spec: jobSpec });
      inState(await takeOver(request), "unknown");
      assert.deepEqual(made(), []);
    });

    it("when its worker is gone before there was a ticket, it is begun again, and made once", async () => {
      const request = await test.granted(run);
      await assert.rejects(work(mortalWorker(test, "first", "after intent"), request.id), Crashed);
      inState(await takeOver(request), "succeeded");
      assert.equal(made().length, 1);
    });
  });
});

const jobSpec = {
  template: { spec: { restartPolicy: "Never", containers: [{ name: "theirs", image: "registry.example/theirs:1" }] } },
};
