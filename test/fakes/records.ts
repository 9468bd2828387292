import type { FakeClock } from "./clock.ts";
import { type FakeFreezes, fakeFreezes } from "./freezes.ts";
import { fakeRequestStore } from "./request-store.ts";
import { type FakeShowcase, fakeShowcase } from "./showcase.ts";
import { fakeTrail } from "./trail.ts";

/** The record, its trail and what is shown of it, tied together as they are in one Redis. */
export function fakeRecords(clock: FakeClock) {
  const trail = fakeTrail(clock);
  let showcase: FakeShowcase | undefined;
  let freezes: FakeFreezes | undefined;
  const store = fakeRequestStore({
    clock,
    trail,
    frozen: (cluster) => freezes?.over(cluster),
    changed: (id) => showcase?.changed(id),
  });
  freezes = fakeFreezes({ trail, claim: (claim) => store.claim(claim), turned: () => store.hasten() });
  showcase = fakeShowcase({ clock, versionOf: (id) => store.versionOf(id) });
  return { store, trail, showcase, freezes };
}
