import assert from "node:assert/strict";
import type { FreezeStore, FreezeTurn } from "../../src/ports/freeze.ts";
import type { RequestStore, Trail } from "../../src/ports.ts";
import type { Freeze } from "../../src/request/freeze.ts";
import { collect } from "./collect.ts";
import { sampleRequest, sampleStep } from "./sample-request.ts";

/** A store of freezes to hold to the contract, empty, with the records it holds up. */
export interface OpenedFreezes {
  readonly freezes: FreezeStore;
  readonly store: RequestStore;
  readonly trail: Pick<Trail, "entries">;
  /** Gives a person a credential of which no time step was used. */
  enrol(subject: string, credential: string): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link FreezeStore} must do. Run on the fake always, and on Redis where there is one. */
export function describeFreezesContract(suite: string, open: () => Promise<OpenedFreezes>): void {
  describe(`${suite} as a store of freezes`, () => {
    let opened: OpenedFreezes;
    let freezes: FreezeStore;
    let count = 0;
    const freezeOf = (scope: string, id = "f-1"): Freeze => ({ id, scope, by: "alice", at: 1, why: "a bad deploy" });
    const event = { kind: "freeze.set", subject: "alice", scope: "demo", freeze: "f-1", why: "a bad deploy" } as const;
    const turn = (scope: string, change: Partial<FreezeTurn>) =>
      freezes.turn({ operationId: `turn-${++count}`, scope, event, ...change });
    const begin = (id: string, cluster: string) =>
      opened.store.keep(sampleStep(`step-${++count}`, sampleRequest(id), { unlessFrozen: cluster }));
    const entries = async () => (await collect(opened.trail.entries())).length;

    beforeEach(async () => {
      opened = await open();
      freezes = opened.freezes;
    });
    afterEach(() => opened.close());

    it("begins with none, and gives back what was set, with its entry in the trail", async () => {
      assert.deepEqual(await freezes.standing(), []);
      assert.equal(await turn("demo", { next: freezeOf("demo") }), "turned");
      assert.equal(await turn("*", { next: freezeOf("*", "f-2") }), "turned");
      const standing = await freezes.standing();
      assert.deepEqual(
        standing.toSorted((a, b) => a.id.localeCompare(b.id)),
        [freezeOf("demo"), freezeOf("*", "f-2")],
      );
      assert.equal(await entries(), 2);
    });

    it("turns nothing, and writes nothing, where something else stands than was seen", async () => {
      const [one, two] = [freezeOf("demo"), freezeOf("demo", "f-2")];
      await turn("demo", { next: one });
      assert.equal(await turn("demo", { next: two }), "moved");
      assert.equal(await turn("demo", { expect: two }), "moved");
      assert.equal(await turn("other", { expect: one }), "moved");
      assert.deepEqual([await freezes.standing(), await entries()], [[one], 1]);
      assert.equal(await turn("demo", { expect: one, next: two }), "turned");
      assert.equal(await turn("demo", { expect: two }), "turned");
      assert.deepEqual(await freezes.standing(), []);
    });

    it("turns once for each operation id, and lets one of many at once turn", async () => {
      const next = freezeOf("demo");
      const again = { operationId: "again", scope: "demo", event, next };
      assert.deepEqual([await freezes.turn(again), await freezes.turn(again)], ["turned", "turned"]);
      const answers = await Promise.all([1, 2, 3, 4].map(() => turn("demo", { expect: next })));
      assert.deepEqual(answers.toSorted(), ["moved", "moved", "moved", "turned"]);
      assert.equal(await entries(), 2);
    });

    it("takes what a proof uses up in the same act, and turns nothing without it", async () => {
      await opened.enrol("bob", "c-1");
      const claim = { subject: "bob", credential: "c-1", timeStep: 7 };
      const freeze = freezeOf("demo");
      await turn("demo", { next: freeze });
      assert.equal(await turn("demo", { expect: freezeOf("demo", "f-9"), claim }), "moved");
      assert.equal(await turn("demo", { expect: freeze, claim: { ...claim, credential: "c-9" } }), "code-already-used");
      assert.deepEqual(await freezes.standing(), [freeze]);
      assert.equal(await turn("demo", { expect: freeze, claim }), "turned", "the code was not used up before");
      await turn("demo", { next: freeze });
      assert.equal(await turn("demo", { expect: freeze, claim }), "code-already-used");
      const claimed = await opened.store.keep(sampleStep("with-code", sampleRequest("r-code"), { claim }));
      assert.equal(claimed.kept, false, "a code that lifted something proves nothing else");
    });

    it("lets no step through that is kept unless its cluster is frozen, from the turn on until it is lifted", async () => {
      const freeze = freezeOf("demo");
      assert.equal((await begin("r-before", "demo")).kept, true);
      await turn("demo", { next: freeze });
      assert.deepEqual(await begin("r-one", "demo"), { kept: false, because: "frozen", by: freeze });
      assert.equal(await opened.store.read("r-one"), undefined);
      assert.equal((await begin("r-two", "other")).kept, true, "only its own cluster");
      assert.equal((await opened.store.keep(sampleStep("any", sampleRequest("r-any"), {}))).kept, true);
      await turn("demo", { expect: freeze });
      assert.equal((await begin("r-one", "demo")).kept, true);
    });

    it("holds up every cluster by one freeze of all", async () => {
      const all = freezeOf("*", "f-2");
      await turn("demo", { next: freezeOf("demo") });
      await turn("*", { next: all });
      for (const cluster of ["demo", "other"])
        assert.deepEqual(await begin(`r-${cluster}`, cluster), { kept: false, because: "frozen", by: all });
      await turn("*", { expect: all });
      assert.deepEqual((await begin("r-other", "other")).kept, true);
      assert.deepEqual(await begin("r-demo", "demo"), { kept: false, because: "frozen", by: freezeOf("demo") });
    });

    it("has those looked at at once that it held up, when it is lifted", async () => {
      const side = "worker:demo";
      const freeze = freezeOf("demo");
      const request = sampleRequest("r-waits");
      const heldUntil = (await opened.store.now()) + 60_000;
      await opened.store.keep(sampleStep("first", request, { turn: { side, heldUntil } }));
      await turn("demo", { next: freeze });
      await opened.store.keep(sampleStep("second", request, { expect: 1, unlessFrozen: "demo" }));
      assert.deepEqual(await opened.store.waiting(side, 1_000, 10), []);
      await turn("demo", { expect: freeze });
      assert.deepEqual(await opened.store.waiting(side, 1_000, 10), ["r-waits"]);
    });
  });
}
