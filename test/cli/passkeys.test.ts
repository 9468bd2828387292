import assert from "node:assert/strict";
import { chance } from "../../src/adapters/chance/chance.ts";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisRegistrations } from "../../src/adapters/redis/registrations.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import type { Body } from "../../src/audit/chain.ts";
import { fingerprintOf } from "../../src/challenge/registration.ts";
import { readDirectory } from "../../src/policy/directory-document.ts";
import type { Scribe } from "../../src/ports.ts";
import { softPasskey } from "../fakes/passkey.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { freshSecrets } from "../lab/processes/secrets.ts";
import { freshPrefix, redisFor } from "../lab/redis/shared-redis.ts";

const scribe: Scribe = (event) => ({ event, writer: "test", clock: 1 });
const [alice, bob] = ["alice@example.com", "bob@example.com"];

describe("countersign enrol passkey", function () {
  this.timeout(60_000);
  let environment: Record<string, string>;
  let state: StateClient;

  before(async function () {
    const { url } = await redisFor(this);
    const prefix = freshPrefix();
    state = openState({ url, prefix });
    environment = {
      REDIS_URL: url,
      COUNTERSIGN_PREFIX: prefix,
      COUNTERSIGN_DIRECTORY: new URL("../../manifests/overlays/example/directory.yaml", import.meta.url).pathname,
      COUNTERSIGN_PAGES_URL: "https://countersign.example",
      COUNTERSIGN_SEALING_KEY: freshSecrets().sealingKey,
    };
  });
  after(() => state?.close());

  const cli = (...words: readonly string[]) => runCli(["enrol", ...words], environment);
  const linkFor = async (subject: string) => {
    const { code, stdout, stderr } = await cli("passkey", subject);
    assert.equal(code, 0, stderr);
    const [, link = ""] = /^https:\/\/countersign\.example\/passkey#([\w.-]{43,})\n$/.exec(stdout) ?? [];
    assert.ok(link !== "" && !stderr.includes(link), stdout);
    return link;
  };

  it("issues a link that registers one passkey, which the trail has and the directory's lines are made of", async () => {
    const registrations = redisRegistrations(state, scribe);
    const [link, passkey] = [await linkFor(alice), softPasskey()];
    assert.equal(await registrations.open(link), alice);
    assert.equal(await registrations.register(link, bob, passkey), false);
    const tries = [softPasskey(), passkey].map((one) => registrations.register(link, alice, one));
    assert.deepEqual((await Promise.all(tries)).toSorted(), [false, true]);
    assert.equal(await registrations.open(link), undefined);

    const events = [];
    for await (const { body } of redisTrail(state, scribe, chance).entries())
      events.push((JSON.parse(body) as Body).event);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["passkey.issued", "passkey.registered"],
    );
    const { code, stdout, stderr } = await cli("passkeys", alice);
    assert.equal(code, 0, stderr);
    const registered = events[1];
    assert.ok(registered?.kind === "passkey.registered");
    const { credential: id, key } = registered;
    assert.ok(stdout.includes(`fingerprint ${fingerprintOf({ key })}`), stdout);
    const people = readDirectory(`subjects:\n${stdout}`);
    assert.ok("subjects" in people, JSON.stringify(people));
    assert.deepEqual(people.subjects.get(alice)?.passkeys, [{ id, key }]);
    assert.match(stderr, /have each person tell you their fingerprint first/);
  });

  it("says so when nobody registered one", async () => {
    const { code, stdout, stderr } = await cli("passkeys", bob);
    assert.deepEqual([code, stdout, stderr], [1, "", `countersign: no passkey of ${bob} was registered.\n`]);
  });

  it("is for those whom the directory knows, on a page where passkeys work", async () => {
    assert.match((await cli("passkey", "alcie@example.com")).stderr, /did you mean "alice@example.com"\?/);
    const bad = { ...environment, COUNTERSIGN_PAGES_URL: "http://127.0.0.1:3001" };
    const { code, stderr } = await runCli(["enrol", "passkey", alice], bad);
    assert.equal(code, 78);
    assert.match(stderr, /COUNTERSIGN_PAGES_URL: must be https, or http:\/\/localhost/);
    assert.equal((await cli("passkey")).code, 64);
  });
});
