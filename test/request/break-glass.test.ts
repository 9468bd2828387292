import assert from "node:assert/strict";
import type { AuditEvent } from "../../src/audit/event.ts";
import type { Bench } from "../../src/execution/bench.ts";
import { whyNot } from "../../src/execution/check-grant.ts";
import { digestOf } from "../../src/operation/digest.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { RequestStore } from "../../src/ports.ts";
import { advance } from "../../src/request/advance.ts";
import { askerOf } from "../../src/request/asked.ts";
import { closeReview } from "../../src/request/close-review.ts";
import { openReviewOf } from "../../src/request/debt.ts";
import type { Mover } from "../../src/request/move.ts";
import type { Executing, Request } from "../../src/request/request.ts";
import { reviewOf } from "../../src/request/review.ts";
import { revoke } from "../../src/request/revoke.ts";
import { labPolicy } from "../fakes/policy.ts";
import { accepted, alice, bob, carol, refusalOf, restartIn } from "./desk.ts";
import { frank, type GlassDesk, glassPolicy, openGlass } from "./glass.ts";
import { allowed, glass, inState, plan, stages } from "./samples.ts";

const day = 24 * 3_600_000;

describe("breaking the glass", () => {
  let house: GlassDesk;
  beforeEach(() => {
    house = openGlass();
  });
  const kinds = () => house.desk.records.trail.events.map(({ kind }) => kind);
  const debtOf = (subject: string) => openReviewOf(house.desk, subject);

  it("is granted without approval by one bound proof, and leaves a review with its time, in the record and in the trail", async () => {
    const { grant, review, approvals } = inState(await house.broken(), "granted");
    assert.deepEqual([grant.grant.tier, grant.grant.breakGlass, grant.grant.approvers], ["glass", true, []]);
    assert.deepEqual([review, approvals], [{ due: grant.grant.grantedAt + day }, []]);
    const entry = house.desk.records.trail.events.find(({ kind }) => kind === "grant.signed");
    assert.equal(entry?.kind === "grant.signed" && entry.reviewBy, review?.due);
    const asked = house.desk.records.trail.events[0];
    assert.match(asked?.kind === "request.asked" ? asked.spoken : "", /^--break-glass rollout restart/);
  });

  it("is never what nobody asked for: the same operation without the word takes its approvals", async () => {
    const request = await house.desk.plans(await house.desk.asks(alice, (await one()).operation));
    assert.equal("decision" in request && request.decision?.tier, "privileged");
  });

  it("is refused to whom no rule names, and where the policy denies it to everybody", async () => {
    const stranger = await house.breaks(carol);
    assert.equal(refusalOf(stranger), "not-permitted");
    const denied = await house.breaks(alice, "kube-system");
    assert.ok(isRefusal(denied) && denied.refused === "forbidden" && /not from chat/.test(denied.says));
    house.desk.policy.replace(labPolicy);
    const nobody = await house.breaks();
    assert.ok(isRefusal(nobody) && /No rule lets alice break the glass/.test(nobody.says));
    assert.equal(kinds().filter((kind) => kind === "request.refused").length, 3);
  });

  it("grants nothing where the rule went meanwhile, or a raise denies by then", async () => {
    for (const policy of [
      { ...glassPolicy, breakGlass: [] },
      { ...glassPolicy, raise: [...labPolicy.raise, { name: "freeze", tier: "forbidden" }] },
    ]) {
      const request = await house.desk.plans(await house.desk.now(accepted(await house.breaks())));
      house.desk.policy.replace(policy);
      await house.signs(request, "alice", "prove");
      inState(await house.desk.now(request), "denied");
      house.desk.policy.replace(glassPolicy);
    }
    assert.equal(await debtOf("alice"), undefined);
  });

  it("attack: what a passkey signs for the same change the usual way is no proof for this: the digest says so", async () => {
    const request = await house.desk.plans(await house.desk.now(accepted(await house.breaks())));
    assert.ok("digest" in request && "plan" in request && request.plan);
    const { breakGlass: _, ...usual } = request;
    assert.equal(digestOf(askerOf(request), request.plan), request.digest);
    assert.notEqual(digestOf(askerOf(usual), request.plan), request.digest);
  });

  it("attack: a stolen Slack session breaks nothing: the code of an app is no proof here, and no fresh proof counts", async () => {
    const request = await house.desk.plans(await house.desk.now(accepted(await house.breaks())));
    const typed = await house.desk.lifecycle.prove(request.id, alice, { by: "totp", given: "123456" });
    assert.equal(refusalOf(typed), "too-weak");
    inState(await house.desk.now(request), "awaiting-challenge");
    await house.signs(request, "alice", "prove");
    accepted(await house.desk.lifecycle.cancel(request.id, alice, ""));
    const next = await house.desk.plans(await house.desk.now(accepted(await house.breaks())));
    inState(next, "awaiting-challenge");
  });

  it("attack: a record from which the word was taken, or to which it was written, is not what was asked for", async () => {
    const usual = await house.desk.asks(alice, (await one()).operation);
    for (const [request, breakGlass] of [
      [usual, true],
      [accepted(await house.breaks()), undefined],
    ] as const) {
      const { version = 0, now = 0 } = (await house.desk.store.read(request.id)) ?? {};
      const whole = { ...plan, operation: request.operation };
      const meddled = { ...request, breakGlass, plan: whole, digest: "0".repeat(64) } as Request;
      const kept: AuditEvent[] = [];
      const store: RequestStore = {
        ...house.desk.store,
        read: async () => ({ request: meddled, version, now }),
        keep: async ({ event }) => {
          kept.push(event);
          return { kept: false, because: "too-late" };
        },
      };
      await advance(house.desk.over(store), request.id);
      assert.match(JSON.stringify(kept), /this is not what was asked for/);
    }
  });

  describe("leaves a debt", () => {
    it("that refuses the next at once, and names it; others may break the glass meanwhile", async () => {
      const first = await house.broken();
      const again = await house.breaks();
      assert.ok(isRefusal(again) && again.refused === "review-owed" && again.says.includes(first.id));
      inState(await house.broken(bob), "granted");
    });

    it("of which `why` knows before anybody asks", async () => {
      const origin = { team: "T1", channel: "C1", user: "U1" };
      const why = async (breakGlass?: true) =>
        house.desk.lifecycle.why({
          ...{ subject: alice, origin, operation: restartIn("prod") },
          ...(breakGlass ? { breakGlass } : {}),
        });
      assert.ok((await why(true)).now.allowed);
      await house.broken();
      const { now } = await why(true);
      assert.ok(!now.allowed && now.rule === "review owed");
      assert.ok((await why()).now.allowed);
    });

    it("from the grant on: of two that were asked for before, one is granted", async () => {
      const [one, two] = [await house.breaks(), await house.breaks()].map(accepted);
      assert.ok(one && two);
      const requests = await Promise.all(
        [one, two].map(async (request) => house.desk.plans(await house.desk.now(request))),
      );
      for (const request of requests) await house.signs(request, "alice", "prove");
      const states = await Promise.all(requests.map(async (request) => (await house.desk.now(request)).state));
      assert.deepEqual(states, ["granted", "denied"]);
      const second = inState(await house.desk.now(two), "denied");
      assert.deepEqual([second.ended.by, second.ended.why], ["review owed", `the review of ${one.id} is still open`]);
    });

    it("in the very act that grants, whatever was read before", async () => {
      const first = inState(await house.broken(), "granted");
      const other = inState(await house.broken(bob), "granted");
      const { store } = house.desk;
      const read = await store.read(other.id);
      assert.ok(read);
      const step = {
        operationId: "op-raced",
        next: { ...other, requester: "alice" },
        expect: read.version,
        event: { kind: "request.expired", request: other.id, was: "granted" },
        review: "begins",
      } as const;
      assert.deepEqual(await store.keep(step), { kept: false, because: "review-owed", by: first.id });
    });

    it("that nobody passes by who read the records too early: the grant itself is refused", async () => {
      const [first, second] = [await house.breaks(), await house.breaks()].map(accepted);
      assert.ok(first && second);
      for (const request of [first, second]) await house.desk.plans(await house.desk.now(request));
      await house.signs(first, "alice", "prove");
      const { proof, grant } = inState(await house.desk.now(first), "granted");
      const { challenge: _, ...known } = inState(await house.desk.now(second), "awaiting-challenge");
      assert.ok(proof);
      const early = house.desk.over({ ...house.desk.store, openReviews: async () => [], of: async () => [] });
      const waits = { ...known, state: "awaiting-approval", approvals: [], wrongCodes: {}, proof } as const;
      const { version = 0 } = (await house.desk.store.read(second.id)) ?? {};
      const event = { kind: "request.expired", request: second.id, was: "granted" } as const;
      await house.desk.store.keep({ operationId: "op-early", next: waits, expect: version, event });
      const refused = await early.mover.move(second.id, () => ({ event: { type: "granted", grant } }));
      assert.equal(refusalOf(refused), "review-owed");
      inState(await house.desk.now(second), "awaiting-approval");
    });

    it("not when it never began", async () => {
      const request = await house.broken();
      accepted(await house.desk.lifecycle.cancel(request.id, alice, "not needed"));
      assert.equal(await debtOf("alice"), undefined);
      inState(await house.broken(), "granted");
    });

    it("that is told once when its time is over, by the store's clock", async () => {
      const { id } = await house.runs(await house.broken());
      house.desk.clock.pass(day);
      const told = async () => {
        await house.desk.lifecycle.lapse(id);
        return kinds().filter((kind) => kind === "review.overdue").length;
      };
      assert.equal(await told(), 0);
      house.desk.clock.pass(1);
      assert.deepEqual(await house.desk.store.overdue(10), [id]);
      assert.deepEqual([await told(), await told()], [1, 1]);
      assert.equal(reviewOf(await house.desk.now({ id }))?.overdue, house.desk.clock.now());
      house.desk.clock.pass(60_000);
      assert.deepEqual(await house.desk.store.overdue(10), [], "nothing more lies in wait");
    });
  });

  describe("is reviewed", () => {
    it("by somebody of the tier's groups with a passkey, and then the debt is gone", async () => {
      const request = await house.runs(await house.broken());
      assert.match(
        await house.signs(request, "frank", "reviewed"),
        /^The review is closed\. The request is succeeded\.$/,
      );
      const { closed } = reviewOf(await house.desk.now(request)) ?? {};
      assert.deepEqual([closed?.subject, closed?.why], ["frank", "the restart was right"]);
      assert.equal(kinds().at(-1), "review.closed");
      assert.deepEqual([await debtOf("alice"), await house.desk.store.openReviews()], [undefined, []]);
      inState(await house.broken(), "granted");
    });

    it("by nobody who asked for it, who is in none of the groups, or before it is over", async () => {
      const granted = await house.broken();
      assert.equal(await house.signs(granted, "frank", "reviewed"), "not-in-this-state");
      const request = await house.runs(granted);
      house.desk.directory.put({ ...alice, groups: [...alice.groups, "security"] });
      const may = await house.desk.lifecycle.reviewerStanding(request, { ...alice, groups: ["security"] });
      assert.ok(!may.may && may.refusal.refused === "own-request");
      assert.equal(await house.signs(request, "alice", "reviewed"), "own-request");
      assert.equal(await house.signs(request, "erin", "reviewed"), "not-an-approver");
      assert.equal(await house.signs(request, "bob", "reviewed"), "not-an-approver");
      assert.equal(await debtOf("alice"), request.id);
    });

    it("with a word, which is no secret and no longer than a reason", async () => {
      const request = await house.runs(await house.broken());
      assert.equal(await house.signs(request, "frank", "reviewed", " "), "bad-arguments");
      const secret = ["ghp", "abcdefghijklmnopqrstuvwxyz0123"].join("_");
      assert.equal(await house.signs(request, "frank", "reviewed", `token ${secret}`), "secret-in-text");
      assert.match(await house.signs(request, "frank", "reviewed", "x".repeat(900)), /is closed/);
      assert.equal(reviewOf(await house.desk.now(request))?.closed?.why.length, 300);
    });

    it("once", async () => {
      const request = await house.runs(await house.broken());
      await house.signs(request, "frank", "reviewed");
      assert.equal(await house.signs(request, "frank", "reviewed"), "not-in-this-state");
    });

    it("attack: by no Slack session alone, and by no proof that was given for something else", async () => {
      const request = await house.runs(await house.broken());
      assert.equal(refusalOf(await closeReview(house.desk, request.id, frank, { why: "fine" })), "proof-needed");
      const typed = { why: "fine", response: { by: "totp", given: "123456" } } as const;
      assert.equal(refusalOf(await closeReview(house.desk, request.id, frank, typed)), "too-weak");
      assert.equal(await debtOf("alice"), request.id);
    });
  });

  it("is settled, where nobody knows what came of it, by those who review it", async () => {
    const granted = await house.broken();
    const leaseUntil = house.desk.clock.now() + 30_000;
    const outcome = { at: house.desk.clock.now(), says: "The cluster did not say.", apiAuditIds: [] };
    for (const event of [
      { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } },
      { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil },
      { type: "finished", fence: 1, as: "unknown", outcome },
    ] as const)
      accepted(await house.desk.mover.move(granted.id, () => ({ event })));
    assert.equal(await house.signs(granted, "bob", "ran"), "not-an-approver");
    assert.match(await house.signs(granted, "frank", "ran"), /^What you said is recorded\./);
    assert.match(await house.signs(granted, "frank", "reviewed"), /^The review is closed\. The request is settled\.$/);
  });

  it("lets those who review it end an elevation that came of it", async () => {
    const elevated = { ...stages.elevated, decision: allowed(glass) } as Request;
    const mover = { move: async (_: string, wish: Parameters<Mover["move"]>[1]) => wish(reading(elevated)) };
    const desk = { ...house.desk, mover: mover as unknown as Mover };
    const ended = (subject = frank) => revoke(desk, elevated.id, subject, "enough");
    assert.equal(refusalOf(await ended(bob)), "not-yours");
    assert.ok(!isRefusal(await ended()));
  });

  describe("attack: a thief of Redis", () => {
    const without = (request: Request, change: object): Request => ({ ...request, ...change }) as Request;
    /** The web side over records as the thief has left them. */
    const meddled = (request: Request, list: readonly { request: string; subject: string }[] = []) => {
      const store: RequestStore = {
        ...house.desk.store,
        openReviews: async () => list,
        read: async (id) => (id === request.id ? reading(request) : house.desk.store.read(id)),
      };
      return { store, attestor: house.desk.attestor };
    };

    it("takes the debt off the list: the records still show it", async () => {
      const request = await house.runs(await house.broken());
      assert.equal(await openReviewOf(meddled(request), "alice"), request.id);
    });

    it("writes a review into the record: what we did not sign closes nothing", async () => {
      const request = await house.runs(await house.broken());
      const review = reviewOf(request);
      await house.signs(request, "frank", "reviewed");
      const { closed } = reviewOf(await house.desk.now(request)) ?? {};
      assert.ok(review && closed);
      for (const [what, word] of [
        ["nobody's", { ...closed, signature: "" }],
        ["of another person", { ...closed, subject: "erin" }],
        ["with other words", { ...closed, why: "because" }],
        ["no review at all", true],
      ] as const) {
        const forged = without(request, { review: { ...review, closed: word } });
        assert.equal(await openReviewOf(meddled(forged), "alice"), request.id, what);
      }
    });

    it("takes the review, or the word that the glass was broken, out of the record: the grant says it", async () => {
      const request = await house.runs(await house.broken());
      for (const change of [{ review: undefined }, { review: undefined, breakGlass: undefined }])
        assert.equal(await openReviewOf(meddled(without(request, change)), "alice"), request.id);
    });
  });

  describe("attack: the worker, by its own policy and the records it sees,", () => {
    const bench = (change: Partial<Bench> = {}): Bench => ({
      ...house.desk,
      clusters: new Map(),
      worker: "w",
      leaseMs: 30_000,
      watchMs: 5_000,
      log: () => undefined,
      ...change,
    });
    const broken = async () => inState(await house.broken(), "granted");

    it("runs what was granted in its tier with a bound proof, and with no approvals", async () => {
      assert.equal(await whyNot(bench(), await broken()), undefined);
    });

    it("runs nothing for a person whom no rule of its own names", async () => {
      const request = await broken();
      const policy = { current: () => ({ ...glassPolicy, breakGlass: [] }) };
      assert.match((await whyNot(bench({ policy }), request)) ?? "", /No rule lets alice break the glass/);
      house.desk.directory.put({ ...alice, groups: ["engineering"] });
      assert.match((await whyNot(bench(), request)) ?? "", /No rule permits alice/);
    });

    it("runs nothing of which only the record says that the glass was broken, or was not", async () => {
      const request = await broken();
      const { breakGlass: _, ...usual } = request;
      assert.match((await whyNot(bench(), usual)) ?? "", /the plan in the record is not the one that was approved/);
      const forged = inState(await approved(), "granted");
      assert.match((await whyNot(bench(), { ...forged, breakGlass: true })) ?? "", /the plan in the record is not/);
    });

    it("takes no grant in the tier of break-glass for what was asked for the usual way, whoever signed it", async () => {
      const request = inState(await approved(), "granted");
      const grant = house.desk.signer.sign({ ...request.grant.grant, tier: "glass", approvers: [] });
      assert.match((await whyNot(bench(), { ...request, grant })) ?? "", /and was granted as glass/);
    });

    it("runs nothing while another review is open, though a thief took it off the list; what has begun goes on", async () => {
      const first = await house.runs(await broken());
      await house.signs(first, "frank", "reviewed");
      const second = await broken();
      assert.equal(await whyNot(bench(), second), undefined);
      const forgotten = {
        ...house.desk.store,
        read: async (id: string) => (id === first.id ? reading(first) : house.desk.store.read(id)),
      };
      const why = `alice broke the glass for ${first.id}, whose review is still open`;
      assert.equal(await whyNot(bench({ store: forgotten }), second), why);
      const begun = { ...second, state: "executing", claim: first.claim, intent: first.intent } as Executing;
      assert.equal(await whyNot(bench({ store: forgotten }), begun), undefined);
    });

    /** The same operation, granted the usual way: proved and approved. */
    async function approved(): Promise<Request> {
      const request = await house.desk.plans(await house.desk.asks(alice, (await one()).operation));
      house.desk.tier("privileged", {});
      const again = await house.desk.plans(await house.desk.asks(alice, request.operation));
      house.desk.policy.replace(glassPolicy);
      return house.desk.now(again);
    }
  });

  const one = async () => accepted(await house.breaks(bob));
  const reading = (request: Request) => ({ request, version: 9, now: house.desk.clock.now() });
});
