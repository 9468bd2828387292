import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import type { Bench } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import { compileCondition } from "../../src/policy/condition.ts";
import type { Policy, Requirements } from "../../src/policy/policy.ts";
import { wallClock } from "../../src/policy/zone.ts";
import type { Grant } from "../../src/request/grant.ts";
import type { Executing, Granted, Request } from "../../src/request/request.ts";
import { grantSigner } from "../../src/request/sign.ts";
import { labPolicy } from "../fakes/policy.ts";
import { lifetimes, raised } from "../request/desk.ts";
import { inState, otherDigest } from "../request/samples.ts";
import { api, leaseMs, openBench, restart, scaleTo, type TestBench, tickets } from "./bench.ts";
import { mortalWorker } from "./watched.ts";

type Edit = (request: Granted) => Partial<Granted>;

const withGrant =
  (change: Partial<Grant>): Edit =>
  ({ grant }) => ({ grant: { ...grant, grant: { ...grant.grant, ...change } } });

describe("attack: the worker, of a record that somebody wrote to,", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  /** A worker whose record says something else. */
  function misled(edit: (request: Granted | Executing) => object): Bench {
    const { store } = test.desk;
    return test.worker("first", {
      store: {
        ...store,
        async read(id) {
          const stored = await store.read(id);
          if (stored?.request.state !== "granted" && stored?.request.state !== "executing") return stored;
          return { ...stored, request: { ...stored.request, ...edit(stored.request) } as Request };
        },
      },
    });
  }

  const nothingRan = async () => {
    assert.deepEqual([test.effects(), await test.admin.list(tickets)], [[], []]);
    const kinds = test.desk.records.trail.events.map(({ kind }) => kind);
    assert.ok(!kinds.includes("execution.intent"));
  };

  const edits: readonly (readonly [string, Edit, RegExp])[] = [
    [
      "another operation",
      ({ operation }) => ({ operation: { ...operation, kind: "scale", replicas: 0 } as never }),
      /the operation in the record is not the one that was approved/,
    ],
    [
      "another number, in operation and plan",
      ({ operation, plan }) => {
        const edited = { ...operation, replicas: 0 } as typeof operation;
        return { operation: edited, plan: { ...plan, operation: edited } };
      },
      /the plan in the record is not the one that was approved/,
    ],
    [
      "another change in the plan",
      ({ plan }) => ({ plan: { ...plan, changes: [{ field: "spec.replicas", from: "3", to: "0" }] } }),
      /the plan in the record is not/,
    ],
    [
      "another object in the plan",
      ({ plan }) => ({ plan: { ...plan, object: { ...plan.object, name: "checkout" } as never } }),
      /the plan in the record is not/,
    ],
    ["another binding", ({ plan }) => ({ plan: { ...plan, binding: {} } }), /the plan in the record is not/],
    ["another digest", () => ({ digest: otherDigest }), /the grant is for another plan/],
    ["another requester", () => ({ requester: "bob" }), /the grant names another requester/],
    ["another reason", () => ({ reason: "none" }), /the plan in the record is not/],
    [
      "another cluster",
      ({ operation }) => ({ operation: { ...operation, cluster: "other" } }),
      /the grant is for another cluster/,
    ],
    [
      "another cluster in the plan",
      ({ plan, operation }) => ({ plan: { ...plan, operation: { ...operation, cluster: "other" } } }),
      /the grant is for another cluster/,
    ],
    ["a grant of longer life", withGrant({ notAfter: Number.MAX_SAFE_INTEGER }), /signature does not hold/],
    ["a grant of another tier", withGrant({ tier: "guarded" }), /signature does not hold/],
    ["a grant of more approvers", withGrant({ approvers: ["bob", "carol"] }), /signature does not hold/],
    ["a grant of another kind", withGrant({ v: "countersign.grant.v2" as never }), /signature does not hold/],
    ["no signature", ({ grant }) => ({ grant: { ...grant, signature: "" } }), /signature does not hold/],
    [
      "a signature of another key",
      ({ grant }) => ({ grant: grantSigner(generateKeyPairSync("ed25519").privateKey).sign(grant.grant) }),
      /signature does not hold/,
    ],
  ];
  for (const [what, edit, why] of edits)
    it(`runs nothing with ${what}`, async () => {
      const request = await test.granted(scaleTo(5));
      // What the id names is what the record is kept under.
      const bench = misled((found) => edit(found as Granted));
      await work({ ...bench, clusters: new Map([...bench.clusters, ["other", test.cluster]]) }, request.id);
      const refused = test.desk.records.trail.events.find(({ kind }) => kind === "grant.refused");
      assert.ok(refused?.kind === "grant.refused");
      assert.match(refused.why, why);
      await nothingRan();
    });

  it("runs nothing with the grant of another request, whole and well signed", async () => {
    const other = await test.granted(scaleTo(5));
    const request = await test.granted(scaleTo(5));
    await work(
      misled(() => ({ grant: other.grant })),
      request.id,
    );
    assert.match(inState(await test.now(request), "denied").ended.why, /the grant is for another request/);
    await nothingRan();
  });

  // What a captured key could sign: each fact is held against the record all the same.
  const signedWrongly: readonly (readonly [Partial<Grant>, RegExp])[] = [
    [{ v: "countersign.grant.v2" as never }, /signature does not hold/],
    [{ request: "r-other" }, /for another request/],
    [{ cluster: "other" }, /for another cluster/],
    [{ requester: "bob" }, /names another requester/],
    [{ digest: otherDigest }, /for another plan/],
    [{ tier: "guarded" }, /granted as guarded/],
    [{ approvers: [] }, /do not make the quorum/],
    [{ approvers: ["alice"] }, /do not make the quorum/],
    [{ approvers: ["erin"] }, /do not make the quorum/],
  ];
  for (const [change, why] of signedWrongly)
    it(`runs nothing with a well signed grant that says ${JSON.stringify(change)}`, async () => {
      const request = await test.granted(restart);
      const grant = test.desk.signer.sign({ ...request.grant.grant, ...change });
      await work(
        misled(() => ({ grant })),
        request.id,
      );
      assert.match(inState(await test.now(request), "denied").ended.why, why);
      await nothingRan();
    });

  it("runs nothing of a record that is copied under another id", async () => {
    const request = await test.granted(restart);
    const copy = { ...request, id: "r-0000000099" };
    const event = { kind: "request.expired", request: copy.id, was: "granted" } as const;
    await test.desk.store.keep({ operationId: "forged", next: copy, expect: 0, event });
    await work(test.worker("first"), copy.id);
    assert.match(inState(await test.now(copy), "denied").ended.why, /the grant is for another request/);
    await nothingRan();
  });

  it("runs nothing that was granted too long ago", async () => {
    const request = await test.granted(restart);
    test.desk.clock.pass(lifetimes.execution + 1);
    await work(test.worker("first"), request.id);
    assert.equal((await test.now(request)).state, "granted");
    await test.desk.lifecycle.lapse(request.id);
    inState(await test.now(request), "expired");
    await nothingRan();
  });

  it("runs nothing whose grant ended between claim and intent", async () => {
    const request = await test.granted(restart);
    test.desk.clock.pass(lifetimes.execution);
    const bench = test.worker("first");
    const current = () => {
      test.desk.clock.pass(1);
      return labPolicy;
    };
    await work({ ...bench, policy: { current } }, request.id);
    assert.equal((await test.now(request)).state, "granted");
    assert.match(test.logged.join(), /lease lost/);
    await nothingRan();
  });

  it("runs nothing twice when the record is set back to granted after it ran", async () => {
    const request = await test.granted(scaleTo(5));
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
    // The record as it was, and the object as it was: only the cluster's ticket remembers.
    const { id } = request;
    await test.admin.patch(`${api}/scale`, { spec: { replicas: 3 } });
    const { store } = test.desk;
    const setBack = new Map<string, Request>([[id, request]]);
    const forgetful = {
      ...store,
      read: async () => ({ request: setBack.get(id) ?? request, version: 1, now: test.desk.clock.now() }),
      keep: async ({ next }: { next: Request }) => {
        setBack.set(id, next);
        return { kept: true, version: 2 } as const;
      },
    };
    await work(test.worker("second", { store: forgetful }), id);
    assert.equal(test.effects().length, 1);
    assert.equal(setBack.get(id)?.state, "unknown");
  });

  it("calls it unknown when the cluster's ticket says that it has begun, and does nothing", async () => {
    const request = await test.granted(scaleTo(5));
    await test.cluster.takeTicket(request.id, { digest: request.digest, fence: "4", worker: "w", requester: "alice" });
    await work(test.worker("first"), request.id);
    const { outcome } = inState(await test.now(request), "unknown");
    assert.match(outcome.says, /holds a ticket of this request already \(fence 4\)/);
    assert.deepEqual(test.effects(), []);
  });

  describe("by its own copies of policy and directory,", () => {
    const changes: readonly (readonly [string, () => void, RegExp])[] = [
      ["an approver is unknown", () => test.directory.remove("bob"), /do not make the quorum/],
      ["an approver is in no group that counts", () => test.directory.put({ sub: "bob", groups: [] }), /quorum/],
      ["the requester is unknown", () => test.directory.remove("alice"), /does not know alice/],
      ["the requester has no permit", () => test.directory.put({ sub: "alice", groups: [] }), /No rule permits alice/],
      ["a rule forbids it", () => test.policy.replace(raised("forbidden")), /"freeze" refuses this/],
      ["the tier is higher", () => test.policy.replace(raised("critical")), /this is critical by the worker's policy/],
      [
        "the tier it was granted in is gone",
        () =>
          test.policy.replace({
            ...labPolicy,
            tiers: labPolicy.tiers.filter(({ name }) => name !== "privileged"),
            raise: [],
          }),
        /granted as privileged/,
      ],
    ];
    for (const [what, change, why] of changes)
      it(`runs nothing where ${what}`, async () => {
        const request = await test.granted(restart);
        change();
        await work(test.worker("first"), request.id);
        const { ended } = inState(await test.now(request), "denied");
        assert.equal(ended.by, "the worker");
        assert.match(ended.why, why);
        await nothingRan();
      });

    it("runs what met a higher bar than it would come to now", async () => {
      const request = await test.granted(restart);
      test.policy.replace({ ...labPolicy, raise: [] });
      await work(test.worker("first"), request.id);
      inState(await test.now(request), "succeeded");
    });

    describe("on a rule about", () => {
      const rule = (when: string): Policy => {
        const condition = compileCondition(when);
        if ("fault" in condition) throw new Error(condition.fault);
        const raise = { name: "unusual", when: condition, tier: "critical" };
        return { ...labPolicy, incidents: { channels: ["C1"] }, raise: [...labPolicy.raise, raise] };
      };
      const ranUnder = async (when: string, change: (grant: Grant) => Partial<Grant> = () => ({})) => {
        const request = await test.granted(restart);
        test.policy.replace(rule(when));
        const grant = test.desk.signer.sign({ ...request.grant.grant, ...change(request.grant.grant) });
        await work(
          misled(() => ({ grant })),
          request.id,
        );
        return (await test.now(request)).state;
      };

      it("the channel or an incident, goes by what the grant says, which only we could sign", async () => {
        assert.equal(await ranUnder('channel != "C1" || !incident'), "succeeded");
      });
      for (const [what, when, change] of [
        ["another channel", 'channel == "C2"', { channel: "C2" }],
        ["no incident", "!incident", { channel: "C2" }],
        [
          "something unusual",
          "unusual.firstInNamespace",
          { unusual: { firstInNamespace: true, outsideTheirHours: false } },
        ],
      ] as const)
        it(`${what}, runs nothing that was granted for less`, async () => {
          assert.equal(await ranUnder(when, () => change), "denied");
        });
      it("what the grant does not say, runs nothing, for it is unknown", async () => {
        assert.equal(await ranUnder("unusual.firstInNamespace"), "denied");
        assert.equal(await ranUnder('channel == "C2"', () => ({ channel: undefined as never })), "denied");
      });
      it("the time, goes by its own clock whatever the grant says", async () => {
        const { hour } = wallClock(test.desk.clock.now(), "UTC");
        assert.equal(await ranUnder(`time.hour == ${hour}`), "denied");
        const yesterday = ({ grantedAt }: Grant) => ({ grantedAt: grantedAt - 86_400_000 });
        assert.equal(await ranUnder(`time.hour == ${hour}`, yesterday), "denied");
        assert.equal(await ranUnder(`time.hour != ${hour}`), "succeeded");
      });
    });

    describe("where the tier asks for", () => {
      const tier = (requirements: Requirements): Policy => ({
        ...labPolicy,
        tiers: labPolicy.tiers.map((one) => (one.name === "privileged" ? { ...one, requirements } : one)),
      });
      const endUnder = async (requirements: Requirements, change: Partial<Grant> = {}) => {
        const request = await test.granted(restart);
        test.directory.put({ sub: "erin", groups: ["security"] });
        test.policy.replace(tier(requirements));
        const grant = test.desk.signer.sign({ ...request.grant.grant, ...change });
        await work(
          misled(() => ({ grant })),
          request.id,
        );
        const end = await test.now(request);
        return "ended" in end ? end.ended.why : end.state;
      };
      const staged = { approvals: { count: 1, from: ["sre"], next: [{ count: 1, from: ["security"] }] } };

      it("stages, runs only what was approved in their order", async () => {
        assert.match(await endUnder(staged), /do not make the quorum/);
        assert.match(await endUnder(staged, { approvers: ["erin", "bob"] }), /do not make the quorum/);
        assert.equal(await endUnder(staged, { approvers: ["bob", "erin"] }), "succeeded");
      });

      it("a ticket, runs nothing whose reason names none", async () => {
        assert.match(await endUnder({ reason: { tickets: ["OPS"] } }), /reason names no ticket/);
        assert.equal(await endUnder({ reason: { minLength: 3 } }), "succeeded");
      });

      it("a window, runs nothing that was granted for longer", async () => {
        assert.match(await endUnder({ window: lifetimes.execution - 1 }), /the grant lasts longer/);
        assert.equal(await endUnder({ window: lifetimes.execution }), "succeeded");
      });
    });

    it("runs nothing where what it sees of the object now lifts the tier", async () => {
      const rule = { name: "payments team", labels: { team: ["payments"] }, tier: "critical" };
      test.policy.replace({ ...labPolicy, raise: [...labPolicy.raise, rule] });
      const request = await test.granted(restart);
      await test.admin.patch(api, { metadata: { labels: { team: "payments" } } });
      await work(test.worker("first"), request.id);
      assert.match(inState(await test.now(request), "conflict").ended.why, /this is critical by the worker's policy/);
      await nothingRan();
    });
  });

  it("does not go on with a run whose record was edited after its intent, and says so", async () => {
    const request = await test.granted(scaleTo(5));
    await work(mortalWorker(test, "first", "after intent"), request.id).catch(() => undefined);
    test.desk.clock.pass(leaseMs + 1);
    await work(
      misled(({ plan }) => ({ plan: { ...plan, changes: [{ field: "spec.replicas", from: "3", to: "0" }] } })),
      request.id,
    );
    const { outcome } = inState(await test.now(request), "unknown");
    assert.match(outcome.says, /cannot be gone on with: the plan in the record is not/);
    assert.deepEqual(test.effects(), []);
  });
});
