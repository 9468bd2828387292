import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { generateSync } from "otplib";
import { enrolmentLinks } from "../../src/adapters/authenticators/links.ts";
import { membershipSeal } from "../../src/adapters/authenticators/login.ts";
import { recoveryKeeper } from "../../src/adapters/authenticators/recovery.ts";
import { readSealingKeys } from "../../src/adapters/authenticators/seal.ts";
import { totpAuthenticator, totpSeeds } from "../../src/adapters/authenticators/totp.ts";
import { redisMemberships } from "../../src/adapters/redis/memberships.ts";
import { createEnrolling } from "../../src/challenge/enrolment.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { openRedisRecords, type RedisRecords } from "../contract/redis-records.ts";
import { fakeChance } from "../fakes/chance.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";

const keyOf = (kid: string) => `${kid}:${randomBytes(32).toString("base64")}`;

describe("a sealing key that is changed, with a real Redis", function () {
  this.timeout(60_000);
  const [old, fresh] = [keyOf("key-1"), keyOf("key-2")];
  let url: string;
  let records: RedisRecords;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(() => {
    records = openRedisRecords(url);
  });
  afterEach(() => records.close());

  /** The house with these keys, the first of which seals. */
  const house = (current: string, ...retired: string[]) => {
    const keys = readSealingKeys(current, retired);
    const seeds = totpSeeds(keys, "Countersign");
    const { credentials, enrolments, store } = records;
    const links = enrolmentLinks(keys);
    const recovery = recoveryKeeper(keys);
    const enrolling = createEnrolling({
      enrolments,
      credentials,
      links,
      seeds,
      recovery,
      chance: fakeChance(),
      clock: store,
    });
    const authenticator = totpAuthenticator(credentials, seeds);
    return {
      links,
      enrolling,
      async enrol(subject: string) {
        const link = links.make(subject);
        await enrolments.issue(link, subject, 60_000, "test", true);
        const offer = await enrolling.offer(link);
        if (isRefusal(offer)) return assert.fail(offer.says);
        const secret = new URL(offer.uri).searchParams.get("secret") ?? "";
        const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1000) - 30 });
        const done = await enrolling.confirm(link, code);
        if (isRefusal(done)) return assert.fail(done.says);
        return { secret, recoveryCodes: done.recoveryCodes };
      },
      use: async (subject: string, secret: string) => {
        const now = await store.now();
        const given = generateSync({ secret, epoch: Math.floor(now / 1000) });
        const challenge = { digest: "d", subject, expiresAt: now + 60_000, triesLeft: 5 };
        return (await authenticator.submit(challenge, { by: "totp", given }, now)).outcome;
      },
    };
  };
  const reseal = (current: string, ...retired: string[]) =>
    runCli(["keys", "reseal"], {
      REDIS_URL: url,
      COUNTERSIGN_PREFIX: records.prefix,
      COUNTERSIGN_SEALING_KEY: current,
      ...(retired.length > 0 ? { COUNTERSIGN_SEALING_KEYS_OLD: retired.join(",") } : {}),
    });
  const kidOf = async (subject: string) => (await records.credentials.read(subject))?.sealed.split(".")[1];

  it("is out of use, person by person, as they next prove presence; then it can be dropped", async () => {
    const { secret } = await house(old).enrol("alice");
    assert.equal(await kidOf("alice"), "key-1");
    assert.equal(await house(fresh).use("alice", secret), "unavailable");
    assert.equal(await house(fresh, old).use("alice", secret), "approved");
    assert.equal(await kidOf("alice"), "key-2");
    assert.equal(await house(fresh).use("alice", secret), "approved");
  });

  it("is out of use at once after `keys reseal`, which says so; recovery codes outlast it", async () => {
    const alice = await house(old).enrol("alice");
    const bob = await house(old).enrol("bob");
    const first = await reseal(fresh, old);
    assert.deepEqual([first.code, first.stdout], [0, "2 secrets sealed again with key-2, 0 left.\n"], first.stderr);
    const second = await reseal(fresh);
    assert.deepEqual([second.code, second.stdout], [0, "0 secrets sealed again with key-2, 0 left.\n"]);
    assert.equal(await house(fresh).use("bob", bob.secret), "approved");
    assert.ok(!isRefusal(await house(fresh).enrolling.recover("alice", alice.recoveryCodes[0] ?? "")));
  });

  it("is asked for by name where it is still needed, and `keys reseal` ends with 1", async () => {
    await house(old).enrol("alice");
    const { code, stdout, stderr } = await reseal(fresh);
    assert.deepEqual([code, stdout], [1, "0 secrets sealed again with key-2, 1 left.\n"]);
    assert.match(stderr, /alice: this text was sealed with the key "key-1", which is not held here/);
    assert.ok(![stdout, stderr].join().includes(fresh.split(":")[1] ?? ""));
  });

  it("is out of use for refresh tokens too, which nobody but their person's house can open after", async () => {
    const memberships = redisMemberships(records.client, (event) => ({ event, writer: "test", clock: 0 }));
    const refresh = membershipSeal(readSealingKeys(old, [])).close("a refresh token", "alice");
    await memberships.keep("alice", { token: "t", refresh }, undefined);
    const { code, stdout } = await reseal(fresh, old);
    assert.deepEqual([code, stdout], [0, "1 secret sealed again with key-2, 0 left.\n"]);
    const kept = await memberships.read("alice");
    assert.equal(kept?.token, "t");
    assert.equal(membershipSeal(readSealingKeys(fresh, [])).open(kept?.refresh ?? "", "alice"), "a refresh token");
  });

  it("leaves a seed that somebody replaced meanwhile as it is", async () => {
    await house(old).enrol("alice");
    const before = (await records.credentials.read("alice")) ?? assert.fail();
    await house(old).enrol("alice");
    const after = await records.credentials.read("alice");
    await records.credentials.reseal("alice", before.id, { from: before.sealed, to: "anything" });
    assert.deepEqual(await records.credentials.read("alice"), after);
  });

  it("attack: a seed that was changed, or copied to another person, is neither sealed again nor used", async () => {
    const mallory = await house(old).enrol("mallory");
    await house(old).enrol("alice");
    const { prefix, client } = records;
    const row = await client.read((redis) => redis.hgetall(`${prefix}totp:mallory`));
    await client.read((redis) => redis.hset(`${prefix}totp:alice`, row));
    const { code, stdout } = await reseal(fresh, old);
    assert.deepEqual([code, stdout], [1, "1 secret sealed again with key-2, 1 left.\n"]);
    assert.equal(await house(fresh, old).use("alice", mallory.secret), "unavailable");
  });

  it("still vouches for the links it made until they lapse, and seals what waits behind them again", async () => {
    const { links, enrolling } = house(old);
    const link = links.make("alice");
    await records.enrolments.issue(link, "alice", 600_000, "test", false);
    const offer = await enrolling.offer(link);
    const { stdout, stderr } = await reseal(fresh, old);
    assert.equal(stdout, "1 secret sealed again with key-2, 0 left.\n");
    assert.match(
      stderr,
      /^1 enrolment link is open\. One that a retired key made ends with that key; .* within 10 minutes\.\n$/,
    );
    assert.deepEqual(await house(fresh, old).enrolling.offer(link), offer);
    const without = await house(fresh).enrolling.offer(link);
    assert.ok(isRefusal(without) && without.refused === "link-not-valid");
  });

  it("is refused where two keys have one id, by name and never by value", async () => {
    const { code, stdout, stderr } = await reseal(fresh, old, keyOf("key-1"));
    assert.deepEqual([code, stdout], [78, ""]);
    assert.equal(stderr, "countersign: COUNTERSIGN_SEALING_KEYS_OLD: two sealing keys have one id\n");
    assert.equal((await reseal(fresh, "key-1:short")).code, 78);
  });
});
