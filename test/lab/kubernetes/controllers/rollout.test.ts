import assert from "node:assert/strict";
import fc from "fast-check";
import { bounds, nextSizes, type Size } from "./rollout.ts";
import type { Deployment } from "./workload.ts";

function specOf(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment["spec"] {
  return {
    replicas,
    selector: {},
    template: { metadata: {}, spec: {} },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
  };
}

const size = (wanted: number, available = wanted): Size => ({ wanted, available, existing: wanted });
const sum = (sizes: readonly Size[]) => sizes.reduce((total, { wanted }) => total + wanted, 0);

describe("nextSizes", () => {
  it("rounds surge up and what may be missing down, and always leaves room to move", () => {
    assert.deepEqual(bounds(specOf(3, "25%", "25%")), { surge: 1, unavailable: 1 - 1 });
    assert.deepEqual(bounds(specOf(10, "25%", "25%")), { surge: 3, unavailable: 2 });
    assert.deepEqual(bounds(specOf(10, 0, "1%")), { surge: 0, unavailable: 1 });
  });

  it("grows the new set before it shrinks the old", () => {
    const spec = specOf(3, "25%", "25%");
    assert.deepEqual(nextSizes(spec, size(0), [size(3)]), { fresh: 1, old: [3] });
    assert.deepEqual(nextSizes(spec, size(1, 0), [size(3)]), { fresh: 1, old: [3] });
    assert.deepEqual(nextSizes(spec, size(1), [size(3)]), { fresh: 1, old: [2] });
    assert.deepEqual(nextSizes(spec, size(3), [size(1)]), { fresh: 3, old: [0] });
  });

  it("removes first what serves nobody", () => {
    assert.deepEqual(nextSizes(specOf(4, 1, 1), size(1), [size(2, 1), size(2)]), { fresh: 1, old: [0, 2] });
  });

  it("recreates only once every old pod is gone", () => {
    const spec = { ...specOf(2, 0, 0), strategy: { type: "Recreate" } };
    assert.deepEqual(nextSizes(spec, size(0), [size(2)]), { fresh: 0, old: [0] });
    assert.deepEqual(nextSizes(spec, size(0), [{ wanted: 0, available: 0, existing: 1 }]), { fresh: 0, old: [0] });
    assert.deepEqual(nextSizes(spec, size(0), [size(0)]), { fresh: 2, old: [0] });
  });

  it("ends, from anywhere, within the bounds, when pods become ready", () => {
    const bound = fc.oneof(
      fc.nat(5),
      fc.nat(100).map((percent) => `${percent}%`),
    );
    fc.assert(
      fc.property(
        fc.nat(20),
        bound,
        bound,
        fc.nat(25),
        fc.array(fc.nat(10), { maxLength: 4 }),
        (replicas, up, down, first, rest) => {
          const spec = specOf(replicas, up, down);
          const { surge, unavailable } = bounds(spec);
          let fresh = size(first);
          let old = rest.map((wanted) => size(wanted));
          for (let step = 0; step < 200; step++) {
            const before = sum([fresh, ...old]);
            const next = nextSizes(spec, fresh, old);
            const after = next.fresh + next.old.reduce((total, wanted) => total + wanted, 0);
            assert.ok(after <= Math.max(before, replicas + surge), "too many");
            assert.ok(after >= Math.min(before, replicas - unavailable), "too few");
            fresh = size(next.fresh);
            old = next.old.map((wanted) => size(wanted));
          }
          assert.deepEqual([fresh.wanted, sum(old)], [replicas, 0]);
        },
      ),
    );
  });
});
