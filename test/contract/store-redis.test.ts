import { redisFor } from "../lab/redis/shared-redis.ts";
import { describeFreezesContract } from "./freezes.ts";
import { openRedisRecords } from "./redis-records.ts";
import { describeStoreContract } from "./store.ts";

describe("with a real Redis", () => {
  let url: string;
  before(async function () {
    ({ url } = await redisFor(this));
  });

  describeFreezesContract("the adapter", async () => openRedisRecords(url));

  describeStoreContract("the adapter", async () => openRedisRecords(url));
});
