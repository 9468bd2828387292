import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { openState, type StateClient } from "../../../src/adapters/redis/redis.ts";
import { sha256 } from "../../../src/audit/canonical.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

const prelude = readFileSync(new URL("../../../src/adapters/redis/script/prelude.lua", import.meta.url), "utf8");
const script = `${prelude}\nlocal out = {}\nfor i = 3, #ARGV do out[i - 2] = sha256(ARGV[i]) end\nreturn out`;

describe("SHA-256 in Redis", () => {
  let client: StateClient;
  before(async function () {
    client = openState({ url: (await redisFor(this)).url, prefix: freshPrefix() });
  });
  after(() => client?.close());

  const inRedis = async (texts: readonly string[]) =>
    (await client.read((redis) => redis.eval(script, 0, client.prefix, "{}", ...texts))) as string[];

  it("gives the example values of FIPS 180-4", async () => {
    assert.deepEqual(await inRedis(["abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"]), [
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]);
  });

  it("equals node's for every length from 0 to 200 bytes", async () => {
    const texts = Array.from({ length: 201 }, (_, length) =>
      randomBytes(length)
        .toString("latin1")
        .replace(/[^ -~]/g, "x"),
    );
    assert.deepEqual(await inRedis(texts), texts.map(sha256));
  });

  it("equals node's for any text", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), async (texts) => {
        assert.deepEqual(await inRedis(texts), texts.map(sha256));
      }),
      { numRuns: 50 },
    );
  });

  it("equals node's for a long text", async () => {
    const text = "ü💥".repeat(20_000);
    assert.deepEqual(await inRedis([text]), [sha256(text)]);
  });
});
