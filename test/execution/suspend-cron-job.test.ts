import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { cronJob } from "../lab/kubernetes/seed.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";
import { watchedWorker } from "./watched.ts";

const cronJobs = collectionPath("CronJob", "prod");
const nightly = `${cronJobs}/nightly`;
const target = { kind: "CronJob", namespace: namespace("prod"), name: name("nightly") } as const;
const suspend: Operation = { kind: "suspend-cronjob", cluster: "demo", target };
const resume: Operation = { kind: "resume-cronjob", cluster: "demo", target };

describe("a cronjob that is suspended and resumed", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
    await test.admin.create(cronJobs, cronJob("prod", "nightly"));
  });
  afterEach(() => test.close());

  const isSuspended = async () => ((await test.admin.get(nightly)) as { spec?: { suspend?: boolean } }).spec?.suspend;
  const changes = () =>
    test.double.history.filter(({ resource, user, changed }) => resource === "cronjobs" && changed && user !== "admin");
  async function whyNot(operation: Operation): Promise<string> {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    const request = await test.now({ id });
    return "ended" in request ? request.ended.why : "";
  }

  it("makes no more jobs, and then again, each in the name of its request", async () => {
    for (const [operation, suspended] of [
      [suspend, true],
      [resume, false],
    ] as const) {
      const request = await test.granted(operation);
      await work(test.worker("first"), request.id);
      inState(await test.now(request), "succeeded");
      assert.equal((await isSuspended()) ?? false, suspended);
      const { metadata } = await test.admin.get(nightly);
      assert.equal(metadata.annotations?.["countersign.dev/request"], request.id);
    }
    assert.deepEqual(
      changes().map(({ user }) => user.split(":").at(-1)),
      ["countersign-suspend-cronjob", "countersign-resume-cronjob"],
    );
  });

  it("is not suspended or resumed twice", async () => {
    assert.equal(await whyNot(resume), "cj/nightly is not suspended.");
    await test.admin.patch(nightly, { spec: { suspend: true } });
    assert.equal(await whyNot(suspend), "cj/nightly is suspended already.");
  });

  for (const [what, change] of [
    ["template", { jobTemplate: { spec: { backoffLimit: 1 } } }],
    ["schedule", { schedule: "* * * * *" }],
  ] as const)
    it(`is not resumed with another ${what} than was approved`, async () => {
      await test.admin.patch(nightly, { spec: { suspend: true } });
      const request = await test.granted(resume);
      await test.admin.patch(nightly, { spec: change });
      await work(test.worker("first"), request.id);
      inState(await test.now(request), "conflict");
      assert.equal(await isSuspended(), true);
    });

  it("is suspended though one of its runs moved its status meanwhile: that was not what was approved", async () => {
    const request = await test.granted(suspend);
    const status = { lastScheduleTime: "2026-01-01T03:00:00Z" };
    const bench = watchedWorker(test, "first", async (moment) => {
      if (moment === "after ticket") await test.admin.patch(`${nightly}/status`, { status });
    });
    await work(bench, request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(changes().length, 1);
  });
});
