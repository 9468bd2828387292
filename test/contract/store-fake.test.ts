import { fakeClock } from "../fakes/clock.ts";
import { fakeRecords } from "../fakes/records.ts";
import { describeFreezesContract } from "./freezes.ts";
import { describeStoreContract } from "./store.ts";

describeFreezesContract("the fake", async () => {
  const { store, trail, freezes } = fakeRecords(fakeClock());
  const enrol = async (subject: string, credential: string) => store.enrol(subject, credential);
  return { store, trail, freezes, enrol, close: async () => undefined };
});

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
