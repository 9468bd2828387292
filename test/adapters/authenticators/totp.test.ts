import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { generateSync } from "otplib";
import { seal, sealingKey } from "../../../src/adapters/authenticators/seal.ts";
import { totpAuthenticator, totpSeeds } from "../../../src/adapters/authenticators/totp.ts";
import type { CredentialStore } from "../../../src/ports/enrolment.ts";
import { fakeClock, noon } from "../../fakes/clock.ts";
import { fakeCredentials } from "../../fakes/credentials.ts";
import { fakeTrail } from "../../fakes/trail.ts";

const key = [sealingKey("k1", randomBytes(32).toString("base64"))] as const;
const seeds = totpSeeds(key, "Countersign");
/** "12345678901234567890" of RFC 6238 appendix B, as base32. */
const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const sealed = seal(seed, { purpose: "totp", subject: "alice", credential: "c-1" }, key);
const kept = { subject: "alice", credential: "c-1", sealed };
const step = 30_000;
const codeAt = (ms: number) => generateSync({ secret: seed, epoch: Math.floor(ms / 1000) });

describe("totpSeeds", () => {
  // RFC 6238 appendix B, SHA-1: seconds since 1970, and the last six of eight digits.
  const vectors: readonly (readonly [number, string])[] = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ];
  for (const [seconds, code] of vectors)
    it(`finds the code of RFC 6238 right at ${seconds} s, and says its time step`, () => {
      const judged = seeds.judge({ ...kept, code, now: seconds * 1000, after: -1 });
      assert.equal(judged, Math.floor(seconds / 30));
    });

  // RFC 4226 appendix D: the codes of the counters 0 to 9, which are time steps here.
  const counted = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");
  for (const [counter, code] of counted.entries())
    it(`finds the code of RFC 4226 right at counter ${counter}`, () => {
      assert.equal(seeds.judge({ ...kept, code, now: counter * step, after: -1 }), counter);
    });

  // RFC 6238 appendix B, whole: ours are the six of SHA-1; the library must have the other twelve right as well.
  const whole = {
    sha1: "94287082 07081804 14050471 89005924 69279037 65353130",
    sha256: "46119246 68084774 67062674 91819424 90698825 77737706",
    sha512: "90693936 25091201 99943326 93441116 38618901 47863826",
  } as const;
  const lengths = { sha1: 20, sha256: 32, sha512: 64 } as const;
  for (const algorithm of ["sha1", "sha256", "sha512"] as const)
    for (const [i, [seconds]] of vectors.entries())
      it(`stands on a library that has RFC 6238 right for ${algorithm} at ${seconds} s`, () => {
        const secret = Buffer.from("1234567890".repeat(7).slice(0, lengths[algorithm]));
        const made = generateSync({ secret: new Uint8Array(secret), epoch: seconds, digits: 8, algorithm });
        assert.equal(made, whole[algorithm].split(" ")[i]);
      });

  it("takes a code one step early or late, at every second, and no more", () => {
    const code = codeAt(noon);
    const timeStep = noon / step;
    for (let second = -75; second <= 75; second++) {
      const now = noon + second * 1000;
      const near = Math.abs(Math.floor(now / step) - timeStep) <= 1;
      assert.equal(seeds.judge({ ...kept, code, now, after: -1 }), near ? timeStep : undefined, `${second} s`);
    }
  });

  it("takes no code of a step that was used, nor of one before", () => {
    const [code, timeStep] = [codeAt(noon), noon / step];
    const judge = (after: number) => seeds.judge({ ...kept, code, now: noon, after });
    assert.deepEqual([judge(timeStep - 1), judge(timeStep), judge(timeStep + 1)], [timeStep, undefined, undefined]);
  });

  it("takes nothing for a code that is not six ASCII digits", () => {
    for (const code of malformed(codeAt(noon)))
      assert.equal(seeds.judge({ ...kept, code, now: noon, after: -1 }), undefined, JSON.stringify(code));
  });

  it("makes another seed each time, of 160 bits, that nobody can read without the key", () => {
    const made = [1, 2, 3].map(() => seeds.make("alice", "c-1"));
    const found = made.map((text) => new URL(seeds.uri("alice", "c-1", text)).searchParams.get("secret") ?? "");
    assert.equal(new Set(found).size, 3);
    for (const [i, secret] of found.entries()) {
      assert.match(secret, /^[A-Z2-7]{32}$/);
      assert.ok(!made[i]?.includes(secret) && !Buffer.from(made[i] ?? "", "base64url").includes(secret));
    }
  });

  it("judges the codes of the seed that it made", () => {
    const made = seeds.make("alice", "c-1");
    const secret = new URL(seeds.uri("alice", "c-1", made)).searchParams.get("secret") ?? "";
    const code = generateSync({ secret, epoch: noon / 1000 });
    const judge = (text: string) => seeds.judge({ ...kept, sealed: text, code, now: noon, after: -1 });
    assert.equal(judge(made), noon / step);
    assert.equal(judge(sealed), undefined);
  });

  it("does not open a seed of another person or credential", () => {
    assert.throws(() => seeds.uri("bob", "c-1", sealed));
    assert.throws(() => seeds.judge({ ...kept, credential: "c-2", code: codeAt(noon), now: noon, after: -1 }));
  });

  it("writes an address whose label has one colon, whatever the names are", () => {
    const odd = "a:b/c?d#e&secret=f@x";
    const uri = totpSeeds(key, "Counter:sign&x").uri(odd, "c-1", totpSeeds(key, "").make(odd, "c-1"));
    const { protocol, host, pathname, searchParams, hash } = new URL(uri);
    assert.deepEqual([protocol, host, hash], ["otpauth:", "totp", ""]);
    assert.deepEqual([...searchParams.keys()].toSorted(), ["issuer", "secret"]);
    assert.equal(decodeURIComponent(pathname), "/Counter sign x:a b c d e secret=f@x");
    assert.equal(searchParams.get("issuer"), "Counter sign x");
  });
});

describe("seeds whose sealing key was retired", () => {
  const fresh = sealingKey("k2", randomBytes(32).toString("base64"));
  const both = totpSeeds([fresh, ...key], "Countersign");

  it("still open, are told apart from those sealed now, and open without the old key once sealed again", () => {
    const again = both.reseal("alice", "c-1", sealed) ?? assert.fail("it is sealed by a retired key");
    assert.equal(both.reseal("alice", "c-1", again), undefined);
    const only = totpSeeds([fresh], "Countersign");
    const judge = (text: string) => only.judge({ ...kept, sealed: text, code: codeAt(noon), now: noon, after: -1 });
    assert.equal(judge(again), noon / step);
    assert.throws(() => judge(sealed), /sealed with the key "k1", which is not held here/);
  });

  it("are not sealed again for another person or credential, nor when anything of them was changed", () => {
    assert.throws(() => both.reseal("bob", "c-1", sealed));
    assert.throws(() => both.reseal("alice", "c-2", sealed));
    assert.throws(() =>
      both.reseal(
        "alice",
        "c-1",
        sealed.replace(/.$/, (last) => (last === "A" ? "Q" : "A")),
      ),
    );
  });

  it("are sealed again by their next right code, and by no wrong one", async () => {
    const clock = fakeClock();
    const credentials = fakeCredentials({ clock, trail: fakeTrail(clock) });
    credentials.put("alice", { id: "c-1", sealed, timeStep: -1 });
    const challenge = { digest: "d", subject: "alice", expiresAt: noon + 60_000, triesLeft: 5 };
    const authenticator = totpAuthenticator(credentials, both);
    const submit = (given: string) => authenticator.submit(challenge, { by: "totp", given }, noon);
    assert.equal((await submit(codeAt(noon + 10 * step))).outcome, "denied");
    assert.equal((await credentials.read("alice"))?.sealed, sealed);
    assert.equal((await submit(codeAt(noon))).outcome, "approved");
    assert.match((await credentials.read("alice"))?.sealed ?? "", /^v1\.k2\./);
  });
});

describe("totpAuthenticator", () => {
  function enrolled(change: Partial<CredentialStore> = {}) {
    const clock = fakeClock();
    const credentials = fakeCredentials({ clock, trail: fakeTrail(clock) });
    credentials.put("alice", { id: "c-1", sealed, timeStep: -1 });
    const authenticator = totpAuthenticator({ ...credentials, ...change }, seeds);
    const challenge = { digest: "d", subject: "alice", expiresAt: noon + 60_000, triesLeft: 5 };
    return {
      credentials,
      authenticator,
      submit: (given: string, now = noon, subject = "alice") =>
        authenticator.submit({ ...challenge, subject }, { by: "totp", given }, now),
    };
  }
  const claim = { subject: "alice", credential: "c-1", timeStep: noon / step };

  it("approves a right code, and claims its time step", async () => {
    assert.deepEqual(await enrolled().submit(codeAt(noon)), { outcome: "approved", claim });
  });

  it("takes spaces around and inside for nothing, as phones show them", async () => {
    const code = codeAt(noon);
    for (const typed of [
      ` ${code}\n`,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `${code.slice(0, 3)}\u00a0${code.slice(3)}`,
    ])
      assert.deepEqual(await enrolled().submit(typed), { outcome: "approved", claim });
  });

  it("finds no code in what is not six ASCII digits, and does not count it as wrong", async () => {
    const { submit, credentials } = enrolled();
    for (let i = 0; i < 2; i++)
      for (const typed of malformed(codeAt(noon)))
        assert.deepEqual(await submit(typed), { outcome: "denied", because: "malformed-code" }, JSON.stringify(typed));
    assert.equal((await credentials.read("alice"))?.lockedUntil, undefined);
  });

  it("denies a wrong code and counts it, until the tenth locks the credential for every code", async () => {
    const { submit } = enrolled();
    const wrong = codeAt(noon + 10 * step);
    for (let i = 0; i < 10; i++) assert.deepEqual(await submit(wrong), { outcome: "denied", because: "wrong-code" });
    const locked = { outcome: "insufficient", because: "locked", until: noon + 900_000 };
    assert.deepEqual([await submit(wrong), await submit(codeAt(noon))], [locked, locked]);
    assert.equal((await submit(codeAt(noon + 900_000), noon + 900_000)).outcome, "approved");
  });

  it("says of a lock for good that it has no end", async () => {
    const { submit, credentials } = enrolled();
    for (let i = 0; i < 100; i++) await credentials.countFailure("alice", "c-1");
    assert.deepEqual(await submit(codeAt(noon)), { outcome: "insufficient", because: "locked" });
  });

  it("counts for nothing before its time when a recovery code enrolled it, and says until when", async () => {
    const { submit, credentials } = enrolled();
    credentials.put("alice", { id: "c-1", sealed, timeStep: -1, countsFrom: noon + 900_000 });
    const early = { outcome: "insufficient", because: "too-new", until: noon + 900_000 };
    assert.deepEqual(await submit(codeAt(noon)), early);
    const last = noon + 899_999;
    assert.deepEqual(await submit(codeAt(last), last), early);
    assert.equal((await submit(codeAt(noon + 900_000), noon + 900_000)).outcome, "approved");
  });

  it("asks a person who has no credential to enrol", async () => {
    const { submit, authenticator } = enrolled();
    assert.deepEqual(await submit(codeAt(noon), noon, "bob"), { outcome: "insufficient", because: "not-enrolled" });
    assert.deepEqual([await authenticator.isEnrolled("alice"), await authenticator.isEnrolled("bob")], [true, false]);
  });

  it("denies a code that was used, however it is typed, and does not count it as wrong", async () => {
    const { submit, credentials } = enrolled();
    credentials.claim("alice", "c-1", claim.timeStep);
    const code = codeAt(noon);
    for (let i = 0; i < 12; i++)
      for (const typed of [code, ` ${code}`, `${code.slice(0, 3)} ${code.slice(3)}`])
        assert.deepEqual(await submit(typed), { outcome: "denied", because: "code-already-used" });
    assert.equal((await credentials.read("alice"))?.lockedUntil, undefined);
  });

  it("denies the code before one that was used", async () => {
    const { submit, credentials } = enrolled();
    credentials.claim("alice", "c-1", claim.timeStep);
    assert.deepEqual(await submit(codeAt(noon - step)), { outcome: "denied", because: "code-already-used" });
    assert.equal((await submit(codeAt(noon + step))).outcome, "approved");
  });

  it("accepts no code twice, in whatever order codes of whatever age are typed", async () => {
    const tries = fc.array(fc.record({ pass: fc.integer({ min: 0, max: 45 }), off: fc.integer({ min: -3, max: 3 }) }), {
      minLength: 5,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(tries, async (all) => {
        const { submit, credentials } = enrolled({ countFailure: async () => undefined });
        const accepted: string[] = [];
        let now = noon;
        for (const { pass, off } of all) {
          now += pass * 1000;
          const code = codeAt(now + off * step);
          const judged = await submit(code, now);
          if (judged.outcome !== "approved" || !("timeStep" in judged.claim)) continue;
          assert.ok(Math.abs(off) <= 1);
          const { subject, credential, timeStep } = judged.claim;
          assert.ok(credentials.claim(subject, credential, timeStep));
          accepted.push(`${timeStep}`);
        }
        assert.equal(new Set(accepted).size, accepted.length);
      }),
      { numRuns: 100 },
    );
  });

  it("is unavailable, and approves nothing, where it cannot ask, open or count", async () => {
    const fail = async () => Promise.reject(new Error("on purpose"));
    const cases = [
      enrolled({ read: fail }).submit(codeAt(noon)),
      enrolled({ countFailure: fail }).submit(codeAt(noon + 10 * step)),
      enrolled({ read: async () => ({ id: "c-2", sealed, timeStep: -1 }) }).submit(codeAt(noon)),
    ];
    for (const outcome of await Promise.all(cases)) assert.equal(outcome.outcome, "unavailable");
  });
});

function malformed(code: string): readonly string[] {
  const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
  const arabic = [...code].map((digit) => String.fromCodePoint(0x0660 + Number(digit))).join("");
  return [
    fullWidth,
    arabic,
    code.slice(1),
    `${code}0`,
    `0${code}`,
    `-${code.slice(1)}`,
    `${code.slice(1)}.`,
    "",
    "abcdef",
    `${code}\u200b`,
  ];
}
