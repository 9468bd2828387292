import { fakeClock } from "../fakes/clock.ts";
import { fakeRecords } from "../fakes/records.ts";
import { sampleRequest, sampleStep } from "./sample-request.ts";
import { describeShowcaseContract } from "./showcase.ts";

describeShowcaseContract("the fake", async () => {
  const clock = fakeClock();
  const { store, showcase } = fakeRecords(clock);
  return {
    showcase,
    async keep(request) {
      const expect = store.versionOf(request);
      await store.keep(sampleStep(`${request} ${expect}`, sampleRequest(request), { expect }));
      return expect + 1;
    },
    pass: async (ms) => clock.pass(ms),
    close: async () => undefined,
  };
});
