import assert from "node:assert/strict";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Subject } from "../../src/policy/subject.ts";
import { type Brake, createBrake, liftMs } from "../../src/request/brake.ts";
import { watchBrake } from "../../src/request/brake-watch.ts";
import { digestOfLifting, type Freeze } from "../../src/request/freeze.ts";
import { attestor } from "../fakes/attestor.ts";
import { fakeAuthenticator, responseAt, typed } from "../fakes/authenticator.ts";
import { labPolicy } from "../fakes/policy.ts";
import {
  accepted,
  alice,
  bob,
  carol,
  dora,
  erin,
  openDesk,
  people,
  readPods,
  restartIn,
  type TestDesk,
} from "./desk.ts";
import { inState } from "./samples.ts";

describe("the brake", () => {
  let desk: TestDesk;
  let brake: Brake;
  beforeEach(() => {
    desk = openDesk();
    brake = createBrake(desk, desk.records.freezes);
  });

  const frozen = async (scope: string, by: Subject = alice): Promise<Freeze> => {
    const freeze = await brake.freeze(by, scope, "a bad deploy");
    return isRefusal(freeze) ? assert.fail(freeze.says) : freeze;
  };
  const refusedAs = async (answer: Promise<unknown>) => {
    const value = await answer;
    return isRefusal(value) ? value.refused : "nothing was refused";
  };
  const says = async (subject: Subject, freeze: Freeze, timeStep = 1) =>
    brake.unfreeze(subject, { freeze: freeze.id, why: "rolled back", response: responseAt(subject.sub, timeStep) });
  const kinds = () => desk.records.trail.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("freeze."));
  /** A granted request in staging, where no second person is asked for. */
  const granted = async (timeStep = 90, cluster = "demo") => {
    const { id } = await desk.asksAndProves(alice, { ...restartIn("staging"), cluster }, timeStep);
    return inState(await desk.now({ id }), "granted");
  };
  const claim = (id: string, fence = 1) =>
    desk.mover.move(id, ({ now }) => ({
      event: { type: "claimed", claim: { worker: "w", fence, leaseUntil: now + 30_000 } },
    }));
  const intend = (id: string) =>
    desk.mover.move(id, ({ now }) => ({
      event: { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "1" }, leaseUntil: now + 30_000 },
    }));

  it("is pulled by one person of a group the policy names, and by nobody else", async () => {
    assert.equal(await refusedAs(brake.freeze(erin, "demo", "x")), "not-permitted");
    assert.deepEqual(await brake.standing(), []);
    const freeze = await frozen("demo");
    assert.deepEqual(await brake.standing(), [freeze]);
    assert.deepEqual([freeze.by, freeze.why, freeze.at], ["alice", "a bad deploy", desk.clock.now()]);
    assert.deepEqual(kinds(), ["freeze.refused", "freeze.set"]);
  });

  it("is nobody's where the policy says nothing of it", async () => {
    const { brake: _, ...bare } = labPolicy;
    desk.policy.replace(bare);
    const refusal = await brake.freeze(alice, "demo", "x");
    assert.ok(isRefusal(refusal) && /lets nobody freeze/.test(refusal.says) && /`brake`/.test(refusal.remedy ?? ""));
  });

  it("says by whom it was pulled already", async () => {
    await frozen("demo");
    const refusal = await brake.freeze(bob, "demo", "me too");
    assert.ok(isRefusal(refusal));
    assert.equal(refusal.says, "The cluster demo is frozen by alice: a bad deploy.");
  });

  it("keeps what is granted from being claimed, and what is claimed from beginning; what runs goes on", async () => {
    const [waits, claimed, runs] = [await granted(90), await granted(91, "other"), await granted(92, "third")];
    accepted(await claim(claimed.id));
    accepted(await claim(runs.id));
    accepted(await intend(runs.id));
    await frozen("*");
    assert.equal(await refusedAs(claim(waits.id)), "frozen");
    assert.equal(await refusedAs(intend(claimed.id)), "frozen");
    const outcome = { at: desk.clock.now(), says: "done", apiAuditIds: [] };
    accepted(
      await desk.mover.move(runs.id, () => ({ event: { type: "finished", fence: 1, as: "succeeded", outcome } })),
    );
    inState(await desk.now(waits), "granted");
    inState(await desk.now(claimed), "granted");
  });

  it("stops no read, no other cluster, and nothing of what people decide", async () => {
    await frozen("other");
    const request = await granted();
    accepted(await claim(request.id));
    accepted(await intend(request.id));
    await frozen("demo");
    const read = await desk.asks(alice, readPods);
    accepted(await claim(read.id));
    const next = await granted(93);
    inState(await desk.now(next), "granted");
  });

  it("is let go by two different people, each with a proof, and not by one twice", async () => {
    const freeze = await frozen("demo");
    assert.equal(await refusedAs(brake.lifting(alice, "demo")), "not-permitted");
    assert.equal(await refusedAs(says(alice, freeze)), "not-permitted");
    const first = await says(bob, freeze);
    assert.ok(!isRefusal(first) && !first.lifted);
    assert.equal(await refusedAs(brake.lifting(bob, "demo")), "already-approved");
    assert.equal(await refusedAs(says(bob, freeze, 2)), "already-approved");
    assert.equal((await brake.standing()).length, 1);
    const lifting = await brake.lifting(carol, "demo");
    assert.ok(!isRefusal(lifting) && lifting.first?.by === "bob" && lifting.ways.includes("totp"));
    const second = await says(carol, freeze);
    assert.ok(!isRefusal(second) && second.lifted);
    assert.deepEqual(await brake.standing(), []);
    assert.equal(await refusedAs(says(dora, freeze)), "not-in-this-state");
    assert.deepEqual(
      kinds().filter((kind) => kind !== "freeze.refused"),
      ["freeze.set", "freeze.lift-asked", "freeze.lifted"],
    );
  });

  it("asks each of them for a right code, used for nothing else", async () => {
    const freeze = await frozen("demo");
    const wish = { freeze: freeze.id, why: "rolled back" };
    assert.equal(await refusedAs(brake.unfreeze(bob, { ...wish, response: typed("000000") })), "wrong-code");
    assert.equal(
      await refusedAs(brake.unfreeze(bob, { ...wish, why: " ", response: responseAt("bob", 1) })),
      "bad-arguments",
    );
    assert.equal(await refusedAs(brake.unfreeze(bob, { ...wish, response: responseAt("carol", 1) })), "wrong-code");
    await says(bob, freeze, 5);
    assert.equal(await refusedAs(says(carol, freeze, 0)), "wrong-code");
    const other = await frozen("other");
    assert.equal(await refusedAs(says(bob, other, 5)), "code-already-used");
    assert.equal(await desk.store.lastProof("bob"), undefined);
  });

  it("forgets the first word after half an hour, and when its giver may not give it any more", async () => {
    const freeze = await frozen("demo");
    await says(bob, freeze);
    desk.clock.pass(liftMs + 1);
    assert.equal(((await says(carol, freeze)) as { lifted: boolean }).lifted, false);
    desk.directory.put({ sub: "carol", groups: ["engineering"] });
    assert.equal(((await says(dora, freeze)) as { lifted: boolean }).lifted, false);
    assert.equal(((await says(bob, freeze, 2)) as { lifted: boolean }).lifted, true);
  });

  it("attack: a first word that was written into Redis was never given", async () => {
    const freeze = await frozen("demo");
    const facts = {
      authenticator: "totp",
      subject: "bob",
      digest: digestOfLifting(freeze),
      at: freeze.at,
      request: freeze.id,
    } as const;
    const event = { kind: "freeze.set", subject: "x", scope: "demo", freeze: freeze.id, why: "x" } as const;
    for (const proof of [
      { ...facts, signature: "forged" },
      {
        ...facts,
        digest: "another",
        signature: attestor.attest({ v: "countersign.proof.v1", ...facts, digest: "another" }),
      },
      {
        ...facts,
        subject: "dora",
        signature: attestor.attest({ v: "countersign.proof.v1", ...facts, subject: "dora" }),
      },
    ]) {
      const expect = (await brake.standing())[0] ?? assert.fail();
      const lift = { by: "bob", at: freeze.at, why: "x", proof };
      await desk.records.freezes.turn({
        operationId: `thief ${proof.signature}`,
        scope: "demo",
        expect,
        next: { ...freeze, lift },
        event,
      });
      const lifting = await brake.lifting(carol, "demo");
      assert.ok(!isRefusal(lifting) && lifting.first === undefined);
    }
  });

  it("says what is frozen instead when a scope is not", async () => {
    const nothing = await brake.lifting(bob, "demo");
    assert.ok(isRefusal(nothing) && nothing.says === "There is no freeze of the cluster demo.");
    await frozen("*");
    const wider = await brake.lifting(bob, "demo");
    assert.ok(
      isRefusal(wider) && /no freeze of the cluster demo alone: every cluster is frozen by alice/.test(wider.says),
    );
  });

  it("lets nobody unfreeze who has no way to prove presence", async () => {
    const bare = openDesk({
      authenticators: new Map([
        ["totp", fakeAuthenticator(people.map(({ sub }) => sub).filter((sub) => sub !== "bob"))],
      ]),
    });
    const other = createBrake(bare, bare.records.freezes);
    await other.freeze(alice, "demo", "x");
    assert.equal(await refusedAs(other.lifting(bob, "demo")), "not-enrolled");
  });

  describe("attack: a freeze that is removed from Redis", () => {
    const watch = () => watchBrake({ freezes: desk.records.freezes, trail: desk.records.trail, chance: desk.chance });

    it("stands again at the next look, with an entry in the trail, once", async () => {
      const freeze = await frozen("demo");
      const looks = [watch(), watch()];
      for (const look of looks) await look();
      desk.records.freezes.steal("demo");
      for (const look of [...looks, ...looks]) await look();
      assert.deepEqual(await brake.standing(), [freeze]);
      assert.deepEqual(kinds(), ["freeze.set", "freeze.restored"]);
    });

    it("is told apart from one that two people lifted", async () => {
      const freeze = await frozen("demo");
      const look = watch();
      await look();
      await says(bob, freeze);
      await look();
      await says(carol, freeze);
      for (let i = 0; i < 3; i++) await look();
      assert.deepEqual(await brake.standing(), []);
      assert.ok(!kinds().includes("freeze.restored"));
    });
  });
});
