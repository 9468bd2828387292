import assert from "node:assert/strict";
import type { StepAnswer } from "../../src/ports.ts";
import { createMover } from "../../src/request/move.ts";
import { fakeChance } from "../fakes/chance.ts";
import { meddledStore } from "../fakes/meddled-store.ts";
import { alice, openDesk, refusalOf, restartIn, type TestDesk } from "./desk.ts";
import { events } from "./samples.ts";

const cancelled = { type: "cancelled", subject: "alice", why: "no longer wanted" } as const;
const wrongCode = { type: "proof-failed", subject: "bob" } as const;

describe("the mover", () => {
  let desk: TestDesk;
  let id: string;
  beforeEach(async () => {
    desk = openDesk();
    ({ id } = await desk.asks(alice, restartIn("prod")));
  });

  const moverOver = (before: () => Promise<unknown>) =>
    createMover({ store: meddledStore(desk.store, before), wake: desk.wake, chance: desk.chance });

  it("keeps one entry with each step, and none with a refusal or with nothing to do", async () => {
    const before = desk.records.trail.events.length;
    await desk.mover.move(id, () => ({ event: { type: "unplannable", why: "none" } }));
    assert.equal(desk.records.trail.events.length, before + 1);
    assert.equal(refusalOf(await desk.mover.move(id, () => ({ event: cancelled }))), "not-in-this-state");
    await desk.mover.move(id, () => undefined);
    assert.equal(desk.records.trail.events.length, before + 1);
  });

  it("says that there is no such request", async () => {
    assert.equal(refusalOf(await desk.mover.move("r-nobody", () => ({ event: cancelled }))), "no-such-request");
  });

  it("answers the request as it is when there is nothing to do", async () => {
    assert.deepEqual(await desk.mover.move(id, () => undefined), await desk.now({ id }));
  });

  it("opens a request once", async () => {
    await assert.rejects(desk.mover.open((await desk.now({ id })) as never), /exists already/);
  });

  it("reads and asks again when another step came first", async () => {
    const request = await desk.plans(await desk.now({ id }));
    let meddled = false;
    const mover = moverOver(async () => {
      if (meddled) return;
      meddled = true;
      await desk.mover.move(id, () => ({ event: wrongCode }));
    });
    const seen: number[] = [];
    const moved = await mover.move(id, ({ request: found, version }) => {
      seen.push(version);
      assert.equal(found.state, request.state);
      return { event: cancelled };
    });
    assert.deepEqual(seen, [3, 4]);
    assert.equal("state" in moved && moved.state, "cancelled");
  });

  it("obeys what came first, where it changes the answer", async () => {
    const mover = moverOver(() => desk.mover.move(id, () => ({ event: cancelled })));
    assert.equal(refusalOf(await mover.move(id, () => ({ event: events.unplannable }))), "not-in-this-state");
    assert.equal((await desk.now({ id })).state, "cancelled");
  });

  it("gives up after ten lost races in a row, and keeps nothing", async () => {
    await desk.asksAndProves(alice, restartIn("prod"));
    const request = await desk.asksAndProves(alice, restartIn("prod"), 2);
    const mover = moverOver(() => desk.mover.move(request.id, () => ({ event: wrongCode })));
    let asked = 0;
    const wish = () => {
      asked++;
      return { event: cancelled };
    };
    await assert.rejects(mover.move(request.id, wish), /moved 10 times/);
    assert.equal(asked, 10);
    assert.equal((await desk.now(request)).state, "awaiting-approval");
  });

  it("gives each attempt an operation id of its own", async () => {
    const ids: string[] = [];
    const store = {
      ...desk.store,
      keep: async ({ operationId }: { operationId: string }): Promise<StepAnswer> => {
        ids.push(operationId);
        return { kept: false, because: "moved" };
      },
    };
    const mover = createMover({ store, wake: desk.wake, chance: fakeChance() });
    await assert.rejects(mover.move(id, () => ({ event: cancelled })));
    assert.equal(new Set(ids).size, 10);
  });

  describe("tells why the store refused", () => {
    const answers = [
      ["code-already-used", "code-already-used"],
      ["too-late", "too-late"],
      ["too-early", "not-in-this-state"],
    ] as const;
    for (const [because, code] of answers)
      it(because, async () => {
        const store = { ...desk.store, keep: async (): Promise<StepAnswer> => ({ kept: false, because }) };
        const mover = createMover({ store, wake: desk.wake, chance: desk.chance });
        assert.equal(refusalOf(await mover.move(id, () => ({ event: cancelled }))), code);
        assert.equal((await desk.now({ id })).state, "planning");
      });
  });

  it("wakes and shows nothing for a step that was not kept", async () => {
    const store = { ...desk.store, keep: async (): Promise<StepAnswer> => ({ kept: false, because: "too-late" }) };
    const told: string[] = [];
    const wake = { wake: async () => void told.push("wake"), show: async () => void told.push("show") };
    const mover = createMover({ store, wake, chance: desk.chance });
    assert.equal(refusalOf(await mover.move(id, () => ({ event: events.planned }))), "too-late");
    assert.deepEqual(told, []);
    await createMover({ store: desk.store, wake, chance: desk.chance }).move(id, () => ({ event: events.planned }));
    assert.deepEqual(told, ["show", "wake"]);
  });

  it("lets a fault of the store through, and wakes nobody", async () => {
    const store = { ...desk.store, keep: () => Promise.reject(new Error("no answer")) };
    const woken = desk.wake.woken.length;
    const mover = createMover({ store, wake: desk.wake, chance: desk.chance });
    await assert.rejects(
      mover.move(id, () => ({ event: cancelled })),
      /no answer/,
    );
    assert.equal(desk.wake.woken.length, woken);
  });

  describe("wakes", () => {
    const wokenBy = async (act: () => Promise<unknown>) => {
      const before = desk.wake.woken.length;
      await act();
      return desk.wake.woken.slice(before);
    };

    it("the worker for a request to plan, and the web side for a plan to decide on", async () => {
      assert.deepEqual(desk.wake.woken, [`worker:demo ${id}`]);
      const woken = await wokenBy(() => desk.mover.move(id, () => ({ event: events.planned })));
      assert.deepEqual(woken, [`web ${id}`]);
    });

    it("nobody while a person's answer is waited for, or when it is over", async () => {
      assert.deepEqual(await wokenBy(async () => desk.plans(await desk.now({ id }))), [`web ${id}`]);
      assert.deepEqual(await wokenBy(() => desk.mover.move(id, () => ({ event: cancelled }))), []);
    });

    it("the worker for a grant, and nobody while a worker holds it", async () => {
      const { id: granted } = await desk.asksAndProves(alice, restartIn("staging"));
      assert.equal((await desk.now({ id: granted })).state, "granted");
      assert.equal(desk.wake.woken.at(-1), `worker:demo ${granted}`);
      const claim = { worker: "w", fence: 1, leaseUntil: desk.clock.now() + 1 };
      const move = () => desk.mover.move(granted, () => ({ event: { type: "claimed", claim } }));
      assert.deepEqual(await wokenBy(move), []);
    });
  });
});
