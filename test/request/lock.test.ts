import assert from "node:assert/strict";
import type { PlannedObject } from "../../src/operation/plan.ts";
import { locksOf, lockWords } from "../../src/request/lock.ts";
import { accepted, alice, openDesk, refusalOf, restartIn, type TestDesk } from "./desk.ts";
import { events, inState } from "./samples.ts";

const object = (name: string, change: Partial<PlannedObject> = {}): PlannedObject => ({
  apiVersion: "v1",
  kind: "Pod",
  namespace: "prod",
  name,
  uid: `uid of ${name}`,
  ...change,
});

describe("locksOf", () => {
  const operation = { cluster: "demo" };

  it("are one for each object of the plan, by its name in its cluster, in one order", () => {
    const also = [object("b"), object("a"), object("b", { uid: "its successor" })];
    assert.deepEqual(locksOf({ operation, plan: { object: object("api", { kind: "Deployment" }), also } }), [
      "demo/Deployment/prod/api",
      "demo/Pod/prod/a",
      "demo/Pod/prod/b",
    ]);
  });

  it("keep clusters, kinds and namespaces apart", () => {
    const locks = [
      locksOf({ operation, plan: { object: object("a") } }),
      locksOf({ operation: { cluster: "other" }, plan: { object: object("a") } }),
      locksOf({ operation, plan: { object: object("a", { kind: "Job" }) } }),
      locksOf({ operation, plan: { object: object("a", { namespace: "staging" }) } }),
    ];
    assert.equal(new Set(locks.flat()).size, 4);
  });

  it("are none for a plan about no object", () => {
    assert.deepEqual(locksOf({ operation, plan: {} }), []);
  });

  it("are read by people as kind, namespace and name", () => {
    assert.equal(lockWords("demo/Deployment/prod/api"), "Deployment prod/api");
    assert.equal(lockWords("demo/Node//worker-1"), "Node worker-1");
  });
});

describe("two requests for one object", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });

  /** A claimed request, ready to begin. */
  async function claimed(timeStep: number, cluster = "demo"): Promise<string> {
    const { id } = await desk.asksAndProves(alice, { ...restartIn("staging"), cluster }, timeStep);
    const claim = { worker: "w", fence: 1, leaseUntil: desk.clock.now() + 30_000 };
    accepted(await desk.mover.move(id, () => ({ event: { type: "claimed", claim } })));
    return id;
  }
  const begin = (id: string) =>
    desk.mover.move(id, ({ now }) => ({ event: { ...events.intended, leaseUntil: now + 30_000 } }));
  const finish = (id: string, as: "succeeded" | "failed" | "unknown") =>
    desk.mover.move(id, () => ({ event: { ...events.succeeded, as } }));

  it("never run at once: the second is told for whom it waits, and nothing of it is kept", async () => {
    const [first, second] = [await claimed(1), await claimed(2)];
    accepted(await begin(first));
    const entries = desk.records.trail.events.length;
    const told = await begin(second);
    assert.equal(refusalOf(told), "target-busy");
    assert.equal("says" in told && told.says, `${first} is acting on Deployment prod/api`);
    assert.equal((await desk.now({ id: second })).state, "granted");
    assert.equal(desk.records.trail.events.length, entries);
  });

  for (const as of ["succeeded", "failed", "unknown"] as const)
    it(`run one after the other, also when the first ends as ${as}`, async () => {
      const [first, second] = [await claimed(1), await claimed(2)];
      accepted(await begin(first));
      accepted(await begin(first));
      assert.equal(refusalOf(await begin(second)), "target-busy");
      accepted(await finish(first, as));
      inState(accepted(await begin(second)), "executing");
    });

  it("wait for nobody who is only granted, or acts in another cluster", async () => {
    const [, second] = [await claimed(1), await claimed(2)];
    inState(accepted(await begin(second)), "executing");
    const third = await claimed(3, "other");
    inState(accepted(await begin(third)), "executing");
  });
});
