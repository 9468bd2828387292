import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { sayFault } from "../../../src/adapters/log/log.ts";

/** Made up at run time, so that nobody's search for secrets finds these. */
const secrets: Readonly<Record<string, string>> = {
  "a bot token": ["xoxb", "12345", "67890", "AbCdEf"].join("-"),
  "a user token": ["xoxp", "12345", "67890", "AbCdEf"].join("-"),
  "a refreshed token": ["xoxe.xoxb", "1", "AbCdEf"].join("-"),
  "an app token": ["xapp", "1", "A0123", "4567", "abcdef"].join("-"),
  "a web token": ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJ4In0", "c2ln-_bmF0"].join("."),
  "a code": "123456",
  "a password of Redis": "redis://user:sesame-open@redis.internal:6379",
  "a password of Redis with TLS": "rediss://:sesame-open@redis.internal",
  "a password of another address": "https://user:sesame-open@proxy.internal",
  "a seed": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  "the address of a seed": "otpauth://totp/Countersign:alice?secret=GEZDGNBV&issuer=Countersign",
  "a response address": ["https://hooks.slack.com/commands", "T0123", "456", "abcDEF"].join("/"),
  "a private key": ["-----BEGIN PRIVATE", "KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE", "KEY-----"].join(" "),
  "half of a private key": ["-----BEGIN PRIVATE", "KEY-----\nMC4CAQAwBQYDK2Vw"].join(" "),
};

describe("sayFault", () => {
  for (const [what, secret] of Object.entries(secrets))
    it(`takes out ${what}, wherever it stands`, () => {
      const parts = secret.split(/[^\w]+/).filter((part) => part.length >= 5 && !common.test(part));
      assert.ok(parts.length > 0);
      for (const text of [secret, `before ${secret} after`, `"${secret}"`, `x=${secret}, ${secret}`]) {
        const said = sayFault(new Error(text));
        assert.match(said, /\[removed\]/);
        for (const part of parts) assert.ok(!said.includes(part), `${part} in ${said}`);
      }
    });

  for (const [what, secret] of Object.entries(secrets))
    it(`leaves nothing of ${what} where it is cut short`, () => {
      const start = secret
        .slice(secret.search(/sesame|AbCdEf|abcdef|eyJ|otpauth|MC4C|123456|GEZDG|abcDEF/), 490)
        .slice(0, 5);
      for (let room = 0; room <= 60; room++) {
        const said = sayFault(`${"-".repeat(500 - room)} ${secret}`);
        assert.ok(!said.includes(start), `${start} with ${room} left: ${said.slice(-80)}`);
      }
    });

  it("is one line of at most 500 characters", () => {
    const said = sayFault(new Error(`one\ntwo\r\n${"x".repeat(10_000)}`));
    assert.match(said, /^Error: one two x+$/);
    assert.equal(said.length, 500);
  });

  it("says a fault's name and words, and of anything else what it is as text", () => {
    assert.equal(sayFault(new TypeError("no number")), "TypeError: no number");
    assert.equal(sayFault("just words"), "just words");
    assert.equal(sayFault(undefined), "undefined");
  });

  it("says nothing that a fault carries beside its words", () => {
    const fault = Object.assign(new Error("no", { cause: new Error("sesame-open") }), { config: "sesame-open" });
    assert.equal(sayFault(fault), "Error: no");
  });

  it("leaves alone what is no secret", () => {
    const says = "request r-bcdfghjkmn: connect ECONNREFUSED 127.0.0.1:6379 after 12345 ms, took 1234567 bytes";
    assert.equal(sayFault(says), says);
  });
});

const common =
  /^(https?|rediss?|redis|user|internal|BEGIN|PRIVATE|hooks|slack|commands|totp|secret|issuer|Countersign|alice|proxy|otpauth)$/;

describe("openLog", () => {
  it("writes one line of JSON for each event, with the process's name, and no level below info", () => {
    const log = JSON.stringify(join(import.meta.dirname, "../../../src/adapters/log/log.ts"));
    const source = `import { openLog } from ${log};
      const log = openLog("web");
      log.info("ready", { mode: "socket" });
      log.warn("fault", { says: "two\\nlines" });
      log.error("ended");`;
    const said = execFileSync(process.execPath, ["--input-type=module-typescript", "-e", source], { encoding: "utf8" });
    const lines = said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ time, ...line }) => line),
      [
        { level: 30, name: "web", mode: "socket", event: "ready" },
        { level: 40, name: "web", says: "two\nlines", event: "fault" },
        { level: 50, name: "web", event: "ended" },
      ],
    );
    assert.ok(lines.every(({ time }) => typeof time === "string" && !Number.isNaN(Date.parse(time))));
  });
});
