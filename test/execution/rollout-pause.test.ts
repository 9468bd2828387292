import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { api, openBench, type TestBench } from "./bench.ts";

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const pause: Operation = { kind: "rollout-pause", cluster: "demo", target };
const resume: Operation = { kind: "rollout-resume", cluster: "demo", target };

describe("pausing and resuming rollouts", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  const isPaused = async () => ((await test.admin.get(api)) as { spec?: { paused?: boolean } }).spec?.paused === true;
  const setPaused = (paused: boolean) => test.admin.patch(api, { spec: { paused } });
  const template = (rev: string) => ({ spec: { template: { metadata: { labels: { rev } } } } });
  async function planned(operation: Operation) {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }
  async function run(operation: Operation, meanwhile: () => Promise<unknown> = async () => undefined) {
    const request = await test.granted(operation);
    await meanwhile();
    await work(test.worker("first"), request.id);
    return test.now(request);
  }

  it("pauses once, under its own account, and leaves the pods alone", async () => {
    inState(await run(pause), "succeeded");
    assert.equal(await isPaused(), true);
    assert.deepEqual(
      test.effects().map(({ verb, user }) => [verb, user.split(":").at(-1)]),
      [["patch", "countersign-rollout-pause"]],
    );
    assert.ok(test.double.snapshot()[0]?.pods.every(({ revision }) => revision === "1"));
  });

  it("resumes once, under its own account, and watches what was held up", async () => {
    await setPaused(true);
    await test.admin.patch(api, template("2"));
    const done = inState(await run(resume), "succeeded");
    assert.equal(done.outcome.says, "done, and rolled out");
    assert.equal(await isPaused(), false);
    assert.deepEqual(
      test.effects().map(({ user }) => user.split(":").at(-1)),
      ["countersign-rollout-resume"],
    );
    const pods = test.double.snapshot()[0]?.pods ?? [];
    assert.ok(pods.filter(({ phase }) => phase !== "Terminating").every(({ revision }) => revision === "2"));
  });

  for (const [operation, before, why] of [
    [pause, true, /is paused already/],
    [resume, false, /is not paused/],
  ] as const)
    it(`does not plan a ${operation.kind} where it ${String(why).slice(1, -1)}`, async () => {
      await setPaused(before);
      const request = await planned(operation);
      assert.match("ended" in request ? request.ended.why : "", why);
    });

  it("does not roll out another template than was approved", async () => {
    await setPaused(true);
    inState(await run(resume, () => test.admin.patch(api, template("3"))), "conflict");
    assert.equal(await isPaused(), true);
  });

  it("pauses although another template came since it was approved: that is what it is for", async () => {
    inState(await run(pause, () => test.admin.patch(api, template("3"))), "succeeded");
    assert.equal(await isPaused(), true);
  });

  it("does not resume what somebody resumed meanwhile", async () => {
    await setPaused(true);
    const ended = inState(await run(resume, () => setPaused(false)), "conflict");
    assert.match(ended.ended.why, /is not paused/);
    assert.deepEqual(test.effects(), []);
  });
});
