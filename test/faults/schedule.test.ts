import assert from "node:assert/strict";
import { errandsOf } from "./errands.ts";
import { scheduleOf } from "./schedule.ts";

const leaseMs = 2_000;
const extent = { seconds: 90, requests: 340, targets: 57, pairs: 4 };

describe("the schedule of a run", () => {
  it("is the same for the same seed", () => {
    assert.deepEqual(scheduleOf(1, 90, leaseMs), scheduleOf(1, 90, leaseMs));
    assert.deepEqual(errandsOf(1, extent), errandsOf(1, extent));
  });

  it("is another for another seed", () => {
    assert.notDeepEqual(scheduleOf(1, 90, leaseMs), scheduleOf(2, 90, leaseMs));
    assert.notDeepEqual(errandsOf(1, extent), errandsOf(2, extent));
  });

  it("holds more of everything than a run of 90 s is asked for", () => {
    const kinds = Map.groupBy(scheduleOf(1, 90, leaseMs), ({ kind }) => kind);
    const count = (kind: Parameters<typeof kinds.get>[0]) => kinds.get(kind)?.length ?? 0;
    assert.ok(count("kill-worker") > 100);
    assert.ok(count("freeze-worker") > 60);
    assert.ok(count("kill-redis") + count("power-cut") > 15);
    assert.ok(count("kill-web") > 0);
  });

  it("lets everything happen in order and within the run", () => {
    const times = scheduleOf(3, 20, leaseMs).map(({ at }) => at);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(times.every((at) => at >= 0 && at < 20_000));
  });

  it("freezes nobody for less than their lease", () => {
    for (const misfortune of scheduleOf(1, 90, leaseMs))
      if (misfortune.kind === "freeze-worker") assert.ok(misfortune.forMs > leaseMs, JSON.stringify(misfortune));
  });
});

describe("the errands of a run", () => {
  const errands = errandsOf(1, extent);
  const changes = errands.filter(({ kind }) => kind !== "get");

  it("mix reads, restarts, scales and evictions", () => {
    const kinds = new Set(errands.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ["delete-pod", "get", "rollout-restart", "scale"]);
    assert.ok(changes.length > errands.length / 2);
  });

  it("race every tenth change with a denial or a cancellation", () => {
    const raced = changes.filter(({ course }) => course.startsWith("raced"));
    assert.ok(Math.abs(raced.length - changes.length / 10) <= 2, `${raced.length} of ${changes.length}`);
    assert.equal(new Set(raced.map(({ course }) => course)).size, 2);
  });

  it("leave some to a thief, who tries everything there is", () => {
    const thefts = changes.flatMap(({ course, theft }) => (course === "stolen" && theft ? [theft] : []));
    assert.deepEqual([...new Set(thefts)].sort(), ["copied record", "forged approval", "forged grant", "forged job"]);
  });

  it("want the same object now and then twice in a row", () => {
    assert.ok(errands.some(({ target }, i) => i > 0 && errands[i - 1]?.target === target));
  });
});
