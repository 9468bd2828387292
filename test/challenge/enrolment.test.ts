import assert from "node:assert/strict";
import { type Confirmed, createEnrolling, type Enrolling, recoveryWaitMs } from "../../src/challenge/enrolment.ts";
import { isRefusal, type Refusal } from "../../src/operation/refusal.ts";
import type { EnrolmentStore } from "../../src/ports/enrolment.ts";
import { fakeChance } from "../fakes/chance.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { type FakeCredentials, fakeCredentials, fakeEnrolments } from "../fakes/credentials.ts";
import { fakeRecovery } from "../fakes/recovery.ts";
import { type FakeSeeds, fakeSeeds } from "../fakes/seeds.ts";
import { type FakeTrail, fakeTrail } from "../fakes/trail.ts";

const hour = 3_600_000;

describe("enrolling", () => {
  let clock: FakeClock;
  let trail: FakeTrail;
  let credentials: FakeCredentials;
  let enrolments: EnrolmentStore;
  let seeds: FakeSeeds;
  let enrolling: Enrolling;
  /** All but one of the links here are ours. */
  const links = { make: (subject: string) => `recovery of ${subject}`, holds: (link: string) => link !== "forged" };
  const recovery = fakeRecovery();
  const ports = () => ({
    enrolments,
    credentials,
    links,
    seeds,
    recovery,
    chance: fakeChance(),
    clock: { now: async () => clock.now() },
  });
  /** The codes that are shown when this link is confirmed. */
  const confirmed = async (link: string): Promise<Confirmed> => {
    await enrolling.offer(link);
    const answer = await enrolling.confirm(link, await codeNow(link));
    return isRefusal(answer) ? assert.fail(answer.says) : answer;
  };
  /** What the phone shows that has the seed of this link. */
  const codeNow = async (link: string, at = clock.now()) => {
    const open = await enrolments.open(link);
    return seeds.codeOf(open?.pending?.sealed ?? assert.fail("nothing was offered"), at);
  };
  const subjectOf = async (answer: Promise<Confirmed | Refusal>) => {
    const value = await answer;
    return isRefusal(value) ? value.refused : value.subject;
  };
  const codes = async (answer: Promise<unknown>) => {
    const value = await answer;
    return isRefusal(value) ? value.refused : value;
  };

  beforeEach(async () => {
    clock = fakeClock();
    trail = fakeTrail(clock);
    credentials = fakeCredentials({ clock, trail });
    enrolments = fakeEnrolments({ clock, trail, credentials });
    seeds = fakeSeeds();
    enrolling = createEnrolling(ports());
    assert.ok(await enrolments.issue("link", "alice", hour, "root", false));
  });

  it("binds the seed that was shown, once its first code is right, and ends the link", async () => {
    const offer = await enrolling.offer("link");
    assert.ok(!isRefusal(offer));
    assert.equal(offer.subject, "alice");
    const sealed = (await enrolments.open("link"))?.pending?.sealed ?? "";
    assert.equal(offer.uri, `otpauth://totp/alice?secret=${sealed}`);
    assert.equal(await subjectOf(enrolling.confirm("link", await codeNow("link"))), "alice");
    const credential = await credentials.read("alice");
    assert.deepEqual([credential?.sealed, credential?.timeStep], [sealed, Math.floor(clock.now() / 30_000)]);
    assert.deepEqual(
      trail.events.map(({ kind }) => kind),
      ["enrolment.issued", "enrolment.completed"],
    );
  });

  it("takes no link for granted that stands in the store and was not made by us for this subject", async () => {
    assert.ok(await enrolments.issue("forged", "bob", hour, "thief", false));
    assert.equal(await codes(enrolling.offer("forged")), "link-not-valid");
    assert.ok(await enrolments.begin("forged", { id: "c-1", sealed: seeds.make("bob", "c-1") }));
    assert.equal(await codes(enrolling.confirm("forged", await codeNow("forged"))), "link-not-valid");
    assert.equal(await credentials.read("bob"), undefined);
  });

  it("uses nothing up by showing: a scanner that follows the link takes nothing from the person", async () => {
    const first = await enrolling.offer("link");
    for (let i = 0; i < 5; i++) assert.deepEqual(await enrolling.offer("link"), first);
    assert.equal(await credentials.read("alice"), undefined);
    assert.equal(await subjectOf(enrolling.confirm("link", await codeNow("link"))), "alice");
  });

  it("shows one seed to all who open the link at once", async () => {
    const offers = await Promise.all([1, 2, 3].map(() => enrolling.offer("link")));
    assert.ok(!isRefusal(offers[0]));
    assert.deepEqual(offers, [offers[0], offers[0], offers[0]]);
  });

  it("shows the seed that was kept when another process began first", async () => {
    const late: EnrolmentStore = { ...enrolments, open: async () => ({ subject: "alice" }) };
    const first = await enrolling.offer("link");
    assert.deepEqual(await createEnrolling({ ...ports(), enrolments: late }).offer("link"), first);
  });

  it("gives two links of one person two seeds", async () => {
    await enrolments.issue("other", "alice", hour, "root", false);
    assert.notDeepEqual(await enrolling.offer("link"), await enrolling.offer("other"));
    assert.equal(await codes(enrolling.confirm("link", await codeNow("other"))), "wrong-code");
  });

  it("refuses a wrong code, and lets the person try again", async () => {
    await enrolling.offer("link");
    const right = await codeNow("link");
    const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, "0");
    const refusal = await enrolling.confirm("link", wrong);
    assert.ok(isRefusal(refusal) && refusal.refused === "wrong-code");
    assert.match(refusal.remedy ?? "", /clock/);
    assert.equal(await credentials.read("alice"), undefined);
    assert.equal(await subjectOf(enrolling.confirm("link", right)), "alice");
  });

  it("refuses a code of long ago", async () => {
    await enrolling.offer("link");
    assert.equal(await codes(enrolling.confirm("link", await codeNow("link", clock.now() - 90_000))), "wrong-code");
  });

  it("takes a code with the spaces that phones show in it", async () => {
    await enrolling.offer("link");
    const code = await codeNow("link");
    const typed = ` ${code.slice(0, 3)}\u00a0${code.slice(3)}\n`;
    assert.equal(await subjectOf(enrolling.confirm("link", typed)), "alice");
  });

  it("refuses what is no code before it looks at anything", async () => {
    await enrolling.offer("link");
    const blind = createEnrolling({ ...ports(), enrolments: { ...enrolments, open: () => assert.fail("looked") } });
    for (const typed of [
      "",
      "12345",
      "1234567",
      "12345a",
      "-12345",
      "1e1000",
      "１２３４５６",
      "١٢٣٤٥٦",
      "0x1234",
      "__proto__",
    ])
      assert.equal(await codes(blind.confirm("link", typed)), "malformed-code", typed);
  });

  it("refuses a link that was never issued, one that has lapsed and one that is used up, all in the same words", async () => {
    const never = await enrolling.offer("never");
    assert.ok(isRefusal(never) && never.refused === "link-not-valid");
    assert.match(never.remedy ?? "", /administrator/);
    assert.deepEqual(await enrolling.confirm("never", "123456"), never);

    await enrolling.offer("link");
    const code = await codeNow("link");
    await enrolling.confirm("link", code);
    assert.deepEqual(await enrolling.offer("link"), never);
    assert.deepEqual(await enrolling.confirm("link", code), never);

    await enrolments.issue("short", "bob", 1_000, "root", false);
    await enrolling.offer("short");
    const bobs = await codeNow("short");
    clock.pass(1_000);
    assert.deepEqual(await enrolling.offer("short"), never);
    assert.deepEqual(await enrolling.confirm("short", bobs), never);
    assert.equal(await credentials.read("bob"), undefined);
  });

  it("refuses a link that lapses while it is being opened", async () => {
    const lapsing = { ...enrolments, begin: async () => undefined };
    assert.equal(await codes(createEnrolling({ ...ports(), enrolments: lapsing }).offer("link")), "link-not-valid");
  });

  it("refuses a code for a link whose seed nobody has seen", async () => {
    assert.equal(await codes(enrolling.confirm("link", "123456")), "link-not-valid");
  });

  it("lets one of two who confirm at once win, and tells the other", async () => {
    await enrolling.offer("link");
    const code = await codeNow("link");
    const answers = await Promise.all([1, 2, 3].map(() => subjectOf(enrolling.confirm("link", code))));
    assert.deepEqual(answers.toSorted(), ["alice", "link-not-valid", "link-not-valid"]);
    assert.equal(trail.events.filter(({ kind }) => kind === "enrolment.completed").length, 1);
  });

  it("claims the code's time step with the credential, so that the same code is worth nothing afterwards", async () => {
    await enrolling.offer("link");
    await enrolling.confirm("link", await codeNow("link"));
    const { id = "", timeStep = 0 } = (await credentials.read("alice")) ?? {};
    assert.equal(credentials.claim("alice", id, timeStep), false);
    assert.equal(credentials.claim("alice", id, timeStep + 1), true);
  });

  it("replaces nothing by a link that may not", async () => {
    await enrolments.issue("early", "alice", hour, "root", false);
    await enrolling.offer("early");
    const early = await codeNow("early");
    await enrolling.offer("link");
    await enrolling.confirm("link", await codeNow("link"));
    const kept = await credentials.read("alice");
    assert.equal(await codes(enrolling.confirm("early", early)), "link-not-valid");
    assert.deepEqual(await credentials.read("alice"), kept);
  });

  it("says nothing and binds nothing when the store or the seal fails", async () => {
    await enrolling.offer("link");
    const code = await codeNow("link");
    const broken = async () => {
      throw new Error("the store is away");
    };
    for (const method of ["open", "complete"] as const) {
      const failing = createEnrolling({ ...ports(), enrolments: { ...enrolments, [method]: broken } });
      await assert.rejects(failing.confirm("link", code), /away/);
    }
    const open = await enrolments.open("link");
    const swapped = { subject: "bob", pending: open?.pending ?? assert.fail() };
    const moved = createEnrolling({ ...ports(), enrolments: { ...enrolments, open: async () => swapped } });
    await assert.rejects(moved.offer("link"), /sealed for another/);
    await assert.rejects(moved.confirm("link", code), /sealed for another/);
    assert.equal(await credentials.read("alice"), undefined);
  });

  describe("again with a recovery code", () => {
    const typed = (code: string) => (code.match(/.{4}/g) ?? []).join("-").toLowerCase();

    it("gives ten codes with the first code, and keeps none of them as it is shown", async () => {
      const { recoveryCodes } = await confirmed("link");
      assert.equal(new Set(recoveryCodes).size, 10);
      assert.deepEqual(await codes(enrolling.offer("link")), "link-not-valid");
    });

    it("opens one link for one code, however it is typed, and never a second time", async () => {
      const { recoveryCodes } = await confirmed("link");
      const [first = "", second = ""] = recoveryCodes;
      assert.deepEqual(await enrolling.recover("alice", ` ${typed(first)} `), { link: "recovery of alice" });
      assert.equal(await codes(enrolling.recover("alice", first)), "wrong-code");
      assert.ok(!isRefusal(await enrolling.recover("alice", second)));
      assert.deepEqual(trail.events.filter(({ kind }) => kind === "recovery.used").length, 2);
    });

    it("proves nothing: the old authenticator goes on until the new one's first code, which ends it and all old codes", async () => {
      const { recoveryCodes } = await confirmed("link");
      const [first = "", second = ""] = recoveryCodes;
      const before = await credentials.read("alice");
      await enrolling.recover("alice", first);
      assert.deepEqual(await credentials.read("alice"), before);
      const { recoveryCodes: fresh, waitMs } = await confirmed("recovery of alice");
      assert.equal(waitMs, recoveryWaitMs);
      const after = await credentials.read("alice");
      assert.notEqual(after?.id, before?.id);
      assert.equal(after?.countsFrom, clock.now() + recoveryWaitMs);
      assert.equal(await codes(enrolling.recover("alice", second)), "wrong-code");
      assert.ok(!isRefusal(await enrolling.recover("alice", fresh[0] ?? "")));
    });

    it("fits nobody else, nobody unknown and nothing malformed; all but that in the same words", async () => {
      const { recoveryCodes } = await confirmed("link");
      const [first = ""] = recoveryCodes;
      await enrolments.issue("of bob", "bob", hour, "root", false);
      await confirmed("of bob");
      const wrong = await enrolling.recover("bob", first);
      assert.ok(isRefusal(wrong) && wrong.refused === "wrong-code");
      assert.deepEqual(await enrolling.recover("nobody", first), wrong);
      for (const odd of ["", "ABCD", `${first}A`, first.replace("A", "1"), "123456"])
        assert.equal(await codes(enrolling.recover("alice", odd)), "malformed-code", odd);
      assert.ok(!isRefusal(await enrolling.recover("alice", first)), "nothing of it was used up");
    });

    it("locks recovery after ten wrong codes, in the same words, and never the authenticator", async () => {
      const { recoveryCodes } = await confirmed("link");
      const [first = ""] = recoveryCodes;
      const wrong = "Z".repeat(16);
      for (let i = 0; i < 10; i++) assert.equal(await codes(enrolling.recover("alice", wrong)), "wrong-code");
      assert.deepEqual(await enrolling.recover("alice", first), await enrolling.recover("alice", wrong));
      assert.equal((await credentials.read("alice"))?.lockedUntil, undefined);
      clock.pass(15 * 60_000);
      assert.ok(!isRefusal(await enrolling.recover("alice", first)));
    });
  });
});
