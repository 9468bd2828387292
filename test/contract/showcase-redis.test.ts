import { redisFor } from "../lab/redis/shared-redis.ts";
import { openRedisRecords } from "./redis-records.ts";
import { sampleRequest, sampleStep } from "./sample-request.ts";
import { describeShowcaseContract } from "./showcase.ts";

describe("with a real Redis", () => {
  let url: string;
  before(async function () {
    ({ url } = await redisFor(this));
  });

  describeShowcaseContract("the adapter", async () => {
    const { store, showcase, pass, close } = openRedisRecords(url);
    return {
      showcase,
      async keep(request) {
        const expect = (await store.read(request))?.version ?? 0;
        await store.keep(sampleStep(`${request} ${expect}`, sampleRequest(request), { expect }));
        return expect + 1;
      },
      pass,
      close,
    };
  });
});
