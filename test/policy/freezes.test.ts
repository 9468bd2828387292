import assert from "node:assert/strict";
import { decide } from "../../src/policy/decide.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { DecisionFacts, Policy } from "../../src/policy/policy.ts";

const rules = `
tiers: { routine: {}, guarded: { stepUp: {} } }
permit: [{ name: all may, subjects: ["*"], operations: ["@read", "@change"], tier: routine }]
timeZone: Europe/Berlin
freezes:
`;
function policyOf(...freezes: readonly string[]): Policy {
  const policy = readPolicy(rules + freezes.map((one) => `  - { ${one} }\n`).join(""));
  if ("faults" in policy) throw new Error(JSON.stringify(policy.faults));
  return policy;
}
const facts: DecisionFacts = {
  subject: { sub: "alice", groups: [] },
  operation: "scale",
  cluster: "prod-eu",
  namespaces: ["web"],
  name: "api",
  plan: { replicas: 3, labels: {} },
};
const tierAt = (policy: Policy, at: string | undefined, change: Partial<DecisionFacts> = {}) => {
  const decision = decide(policy, { ...facts, ...change, ...(at === undefined ? {} : { now: Date.parse(at) }) });
  return decision.allowed ? decision.tier : "denied";
};

describe("a freeze", () => {
  const christmas = policyOf("name: Christmas, from: 2026-12-24T12:00, to: 2026-12-27T06:00, deny: nobody is there");

  it("holds from its first moment until the one it ends with, as the clocks there show them", () => {
    for (const [at, tier] of [
      ["2026-12-24T10:59:59.999Z", "routine"],
      ["2026-12-24T11:00:00.000Z", "denied"],
      ["2026-12-27T04:59:59.999Z", "denied"],
      ["2026-12-27T05:00:00.000Z", "routine"],
    ] as const)
      assert.equal(tierAt(christmas, at), tier, at);
  });

  it("says that it denies, why and until when", () => {
    const decision = decide(christmas, { ...facts, now: Date.parse("2026-12-25T00:00:00Z") });
    assert.deepEqual(decision, {
      allowed: false,
      rule: "Christmas",
      says: 'The rule "Christmas" refuses this: nobody is there.',
      remedy: "It is over at 2026-12-27T05:00:00.000Z; no proof or approval changes it before.",
      policy: christmas.revision,
    });
  });

  it("holds where nobody knows the time", () => {
    assert.equal(tierAt(christmas, undefined), "denied");
  });

  it("is of changes alone unless it says otherwise, and of the places it names", () => {
    const during = "2026-12-25T00:00:00Z";
    assert.equal(tierAt(christmas, during, { operation: "get" }), "routine");
    const part = policyOf(
      "name: a, from: 2026-12-24T12:00, to: 2026-12-27T06:00, clusters: [prod-*], namespaces: [web], tier: guarded",
      "name: b, from: 2026-12-24T12:00, to: 2026-12-27T06:00, operations: [logs], tier: guarded",
    );
    assert.equal(tierAt(part, during), "guarded");
    assert.equal(tierAt(part, during, { cluster: "staging" }), "routine");
    assert.equal(tierAt(part, during, { namespaces: ["api"] }), "routine");
    assert.equal(tierAt(part, during, { operation: "logs", cluster: "staging" }), "guarded");
  });

  it("goes by the clocks of its own zone where it names one", () => {
    const tokyo = policyOf("name: a, from: 2026-06-01T09:00, to: 2026-06-01T10:00, zone: Asia/Tokyo, tier: guarded");
    assert.deepEqual(
      ["2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z"].map((at) => tierAt(tokyo, at)),
      ["routine", "guarded", "routine"],
    );
  });

  // In Berlin clocks are set forward on 29 March 2026 from 02:00 to 03:00, and back on 25 October from 03:00 to 02:00.
  it("keeps to the clocks on the wall when they are set forward or back while it lasts", () => {
    const spring = policyOf("name: a, from: 2026-03-28T22:00, to: 2026-03-29T22:00, tier: guarded");
    const autumn = policyOf("name: a, from: 2026-10-24T22:00, to: 2026-10-25T22:00, tier: guarded");
    for (const [policy, at, tier] of [
      [spring, "2026-03-28T20:59:59Z", "routine"],
      [spring, "2026-03-28T21:00:00Z", "guarded"],
      [spring, "2026-03-29T19:59:59Z", "guarded"],
      [spring, "2026-03-29T20:00:00Z", "routine"],
      [autumn, "2026-10-24T19:59:59Z", "routine"],
      [autumn, "2026-10-24T20:00:00Z", "guarded"],
      [autumn, "2026-10-25T20:59:59Z", "guarded"],
      [autumn, "2026-10-25T21:00:00Z", "routine"],
    ] as const)
      assert.equal(tierAt(policy, at), tier, at);
  });

  it("is never shorter than written where a time on the clock comes twice, or never", () => {
    const twice = policyOf("name: a, from: 2026-10-25T02:30, to: 2026-10-25T02:45, tier: guarded");
    assert.deepEqual(
      ["2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z", "2026-10-25T01:44:59Z", "2026-10-25T01:45:00Z"].map((at) =>
        tierAt(twice, at),
      ),
      ["routine", "guarded", "guarded", "routine"],
    );
    const never = policyOf("name: a, from: 2026-03-29T02:15, to: 2026-03-29T02:45, tier: guarded");
    assert.deepEqual(
      ["2026-03-29T00:14:59Z", "2026-03-29T00:15:00Z", "2026-03-29T01:44:59Z", "2026-03-29T01:45:00Z"].map((at) =>
        tierAt(never, at),
      ),
      ["routine", "guarded", "guarded", "routine"],
    );
  });

  it("is refused where it says nothing, two things, or no time, with its place", () => {
    const of = (one: string) => {
      const policy = readPolicy(`${rules}  - { ${one} }\n`);
      return "faults" in policy ? policy.faults.map(({ line, says }) => `${line}: ${says}`).join() : "";
    };
    const when = "name: a, from: 2026-12-24T12:00, to: 2026-12-27T06:00";
    assert.match(of(when), /^6: say what it comes to/);
    assert.match(of(`${when}, tier: guarded, deny: no`), /^6: say what it comes to/);
    assert.match(of(`${when}, tier: highest`), /no tier "highest"/);
    assert.match(of(`${when}, tier: guarded, operations: [fly]`), /no operation "fly"/);
    assert.match(of(`${when}, tier: guarded, zone: Middle/Earth`), /time zone/);
    // It would never hold: no namespace is called so.
    assert.match(of(`${when}, tier: guarded, namespaces: [Prod]`), /names in Kubernetes are lower-case/);
    assert.match(of("name: a, from: 2026-12-24T12:00, to: 2026-12-24T12:00, deny: no"), /ends before it begins/);
    assert.match(of("name: a, from: 2026-02-30T12:00, to: 2026-03-24T12:00, deny: no"), /as the clocks there show it/);
    assert.match(of(`${when}, deny: no } \n  - { ${when}, deny: no`), /two raise rules are called "a"/);
  });
});
