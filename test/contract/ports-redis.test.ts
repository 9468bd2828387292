import { chance } from "../../src/adapters/chance/chance.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";
import { describeCredentialsContract } from "./credentials.ts";
import { describeEnrolmentsContract } from "./enrolments.ts";
import { describeOnceContract } from "./once.ts";
import { describePresenceContract } from "./presence.ts";
import { openRedisRecords } from "./redis-records.ts";
import { sampleRequest, sampleStep } from "./sample-request.ts";
import { describeTrailContract } from "./trail.ts";

describe("with a real Redis", () => {
  let url: string;
  before(async function () {
    ({ url } = await redisFor(this));
  });

  describeOnceContract("the adapter", async () => openRedisRecords(url));

  describePresenceContract("the adapter", async () => openRedisRecords(url));

  describeTrailContract("the adapter", async () => openRedisRecords(url));

  describeCredentialsContract("the adapter", async () => {
    const records = openRedisRecords(url);
    return {
      ...records,
      now: () => records.store.now(),
      async claim(subject, credential, timeStep) {
        const claim = { subject, credential, timeStep };
        const step = sampleStep(chance.operationId(), sampleRequest(chance.requestId()), { claim });
        return (await records.store.keep(step)).kept;
      },
    };
  });

  describeEnrolmentsContract("the adapter", async () => openRedisRecords(url));
});
