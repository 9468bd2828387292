import { fakeClock } from "../fakes/clock.ts";
import { fakeRecords } from "../fakes/records.ts";
import { describeStoreContract } from "./store.ts";

describeStoreContract("the fake", async () => {
  const clock = fakeClock();
  const { store, trail } = fakeRecords(clock);
  return {
    store,
    trail,
    enrol: async (subject, credential) => store.enrol(subject, credential),
    pass: async (ms) => clock.pass(ms),
    close: async () => undefined,
  };
});
