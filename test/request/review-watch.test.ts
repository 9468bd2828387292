import assert from "node:assert/strict";
import type { OpenReview } from "../../src/ports.ts";
import { watchReviews } from "../../src/request/review-watch.ts";
import { accepted, alice } from "./desk.ts";
import { type GlassDesk, openGlass } from "./glass.ts";

describe("the watch over open reviews", () => {
  let house: GlassDesk;
  let struck: ReadonlySet<string>;
  let look: () => Promise<void>;
  beforeEach(() => {
    house = openGlass();
    struck = new Set();
    const { store, trail, chance } = house.desk;
    const listed = async () => (await store.openReviews()).filter(({ request }) => !struck.has(request));
    const restoreReview = async (operationId: string, review: OpenReview) => {
      struck = new Set([...struck].filter((id) => id !== review.request));
      restored.push(review);
      await store.restoreReview(operationId, review);
    };
    look = watchReviews({ store: { openReviews: listed, restoreReview }, trail, chance });
    restored.length = 0;
  });
  const restored: OpenReview[] = [];

  it("attack: puts back what somebody else took off the list, once", async () => {
    const { id } = await house.broken();
    await look();
    struck = new Set([id]);
    for (let round = 0; round < 3; round++) await look();
    assert.deepEqual(restored, [{ request: id, subject: "alice" }]);
  });

  it("leaves alone what was closed, and what never began", async () => {
    const first = await house.runs(await house.broken());
    await look();
    await house.signs(first, "frank", "reviewed");
    await look();
    const second = await house.broken();
    await look();
    accepted(await house.desk.lifecycle.cancel(second.id, alice, "not needed"));
    await look();
    assert.deepEqual(restored, []);
  });

  it("misses nothing that it never saw", async () => {
    const { id } = await house.broken();
    struck = new Set([id]);
    await look();
    await look();
    assert.deepEqual(restored, []);
  });
});
