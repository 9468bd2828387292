import assert from "node:assert/strict";
import fc from "fast-check";
import { decide } from "../../src/policy/decide.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { DecisionFacts, Policy, Requirements } from "../../src/policy/policy.ts";
import { labPolicy } from "../fakes/policy.ts";
import { anyFacts, anyPolicy, bar } from "./any-policy.ts";

const withGroups: Policy = {
  ...labPolicy,
  permit: [
    ...labPolicy.permit,
    { name: "who carries the pager", subjects: ["group:pagers"], operations: ["scale"], tier: "guarded" },
  ],
  slackGroups: { pagers: "S0PAGERS" },
};
const facts = (change: Partial<DecisionFacts> = {}): DecisionFacts => ({
  subject: { sub: "erin", groups: [] },
  operation: "scale",
  cluster: "demo",
  namespaces: ["staging"],
  name: "api",
  plan: { replicas: 3, labels: {} },
  ...change,
});
const bound = (requirements: Requirements): Policy => ({
  ...withGroups,
  tiers: withGroups.tiers.map((tier) => (tier.name === "guarded" ? { ...tier, requirements } : tier)),
});

describe("a user group in Slack", () => {
  const listed = facts({ slackGroups: ["pagers"] });

  it("lets those ask whom nothing else permits, and says so", () => {
    assert.equal(decide(withGroups, facts()).allowed, false);
    const decision = decide(withGroups, listed);
    assert.deepEqual(decision.allowed && [decision.tier, decision.rules], [
      "guarded",
      ["who carries the pager", "a user group in Slack"],
    ]);
  });

  it("is raised as everybody is", () => {
    const decision = decide(withGroups, { ...listed, namespaces: ["prod"] });
    assert.equal(decision.allowed && decision.tier, "privileged");
    assert.equal(decide(withGroups, { ...listed, namespaces: ["kube-system"] }).allowed, false);
  });

  it("counts only where the policy names it: a name that it does not let count is nothing", () => {
    for (const slackGroups of [["oncall"], ["sre"], ["constructor"], []])
      assert.equal(decide(withGroups, facts({ slackGroups })).allowed, false, slackGroups.join());
    assert.equal(decide({ ...withGroups, slackGroups: {} }, listed).allowed, false);
    assert.equal(decide(labPolicy, listed).allowed, false);
  });

  it("lowers nothing for those whom the directory permits", () => {
    const higher: Policy = {
      ...withGroups,
      permit: withGroups.permit.map((one) => (one.name === "on-call operates" ? { ...one, tier: "critical" } : one)),
    };
    const subject = { sub: "alice", groups: ["oncall"] };
    const decision = decide(higher, facts({ subject, slackGroups: ["pagers"] }));
    assert.deepEqual(decision, decide(higher, facts({ subject })));
    assert.equal(decision.allowed && decision.tier, "critical");
  });

  for (const [what, requirements] of [
    ["of the requester", { stepUp: { bound: true } }],
    ["of an approver", { stepUp: {}, approvals: { count: 1, from: ["sre"], stepUp: { bound: true } } }],
    [
      "of a later approver",
      {
        stepUp: {},
        approvals: { count: 1, from: ["sre"], next: [{ count: 1, from: ["sre"], stepUp: { bound: true } }] },
      },
    ],
  ] as const)
    it(`lets nobody ask where bound proof is asked for ${what}`, () => {
      const decision = decide(bound(requirements), listed);
      assert.equal(!decision.allowed && decision.rule, "a user group in Slack");
      const subject = { sub: "erin", groups: ["pagers"] };
      assert.equal(decide(bound(requirements), facts({ subject })).allowed, true);
    });
});

describe("of any policy, a user group in Slack", () => {
  const slackGroups = { oncall: "S1", sre: "S2" };
  const listed = fc.subarray(Object.keys(slackGroups), { minLength: 1 });
  const holds = (judge: (policy: Policy, known: DecisionFacts, groups: readonly string[]) => void) =>
    fc.assert(
      fc.property(anyPolicy, anyFacts, listed, (policy, known, groups) =>
        judge({ ...policy, slackGroups }, known, groups),
      ),
      { numRuns: 1_000 },
    );

  it("changes nothing for whom the directory permits", () => {
    holds((policy, known, groups) => {
      const before = decide(policy, known);
      if (before.allowed || before.rule !== "no permit")
        assert.deepEqual(decide(policy, { ...known, slackGroups: groups }), before);
    });
  });

  it("never asks for less than the same group of the directory would", () => {
    holds((policy, known, groups) => {
      const { subject } = known;
      const same = { ...known, subject: { ...subject, groups: [...new Set([...subject.groups, ...groups])] } };
      // A raise may be about a group; a document in which it is about one of Slack's is refused.
      const raise = policy.raise.filter(({ subjects, when }) => !subjects && !when?.about.has("subject"));
      const fair = { ...policy, raise };
      assert.ok(bar(fair, decide(fair, { ...known, slackGroups: groups })) >= bar(fair, decide(fair, same)));
    });
  });

  it("stands behind no bound proof", () => {
    holds((policy, known, groups) => {
      const tiers = policy.tiers.map((tier, i) =>
        i > 1 ? { ...tier, requirements: { stepUp: { bound: true } } } : tier,
      );
      const decision = decide({ ...policy, tiers } as Policy, { ...known, slackGroups: groups });
      if (!decision.allowed || decision.requirements.stepUp?.bound !== true) return;
      assert.ok(!decision.rules.includes("a user group in Slack"));
    });
  });
});

describe("a policy document with user groups of Slack's", () => {
  const document = (change: { from?: string; brake?: string; raise?: string; groups?: string } = {}) => {
    const { from = "sre", brake = "sre", raise = "{ name: a, tier: top }", groups = "{ pagers: S0PAGERS }" } = change;
    return `slackGroups: ${groups}
tiers:
  low: {}
  top: { approvals: { count: 1, from: [${from}] } }
permit: [{ name: p, subjects: ["group:pagers"], operations: ["@change"], tier: low }]
raise: [${raise}]
brake: { freeze: [${brake}], unfreeze: [sre] }
`;
  };
  const read = (text: string) => {
    const policy = readPolicy(text);
    if ("faults" in policy) return policy.faults.map(({ line, column, says }) => `${line}:${column} ${says}`);
    return policy.slackGroups;
  };

  it("names them by their ids", () => {
    assert.deepEqual(read(document()), { pagers: "S0PAGERS" });
  });

  const faulty: readonly (readonly [what: string, text: string, place: string, says: RegExp])[] = [
    ["that could approve", document({ from: "sre, pagers" }), "4:45", /could approve/],
    ["that could freeze", document({ brake: "pagers" }), "7:19", /could freeze/],
    [
      "that a raise is about",
      document({ raise: '{ name: a, subjects: ["group:pagers"], tier: top }' }),
      "6:31",
      /would not rise/,
    ],
    [
      "that a condition asks for",
      document({ raise: `{ name: a, when: '!("pagers" in subject.groups)', tier: top }` }),
      "6:26",
      /conditions see no user groups/,
    ],
    ["by its handle", document({ groups: "{ pagers: '@pagers' }" }), "1:24", /its id in Slack/],
    ["under a pattern", document({ groups: "{ 'p*': S0PAGERS }" }), "1:22", /Invalid key/],
  ];
  for (const [what, text, place, says] of faulty)
    it(`is refused with one ${what}`, () => {
      const faults = read(text);
      assert.ok(Array.isArray(faults), JSON.stringify(faults));
      assert.deepEqual(
        faults.map((fault) => fault.split(" ")[0]),
        [place],
        faults.join("\n"),
      );
      assert.match(faults[0] ?? "", says);
    });

  it("is refused with one that could review what was done with the glass broken, or break it", () => {
    const glass =
      "  glass: { stepUp: { bound: true }, reason: { minLength: 20 }, notify: [C1], breakGlass: { review: 24h, from: [FROM] } }\n";
    const rule = 'breakGlass: [{ name: g, subjects: ["group:WHO"], operations: ["@change"], tier: glass }]\n';
    const written = (from: string, who: string) =>
      document().replace("permit:", `${glass.replace("FROM", from)}permit:`) + rule.replace("WHO", who);
    assert.deepEqual(read(written("sre", "oncall")), { pagers: "S0PAGERS" });
    for (const [text, says] of [
      [written("pagers", "oncall"), "could review"],
      [written("sre", "pagers"), "could break the glass"],
    ] as const) {
      const faults = read(text);
      assert.ok(Array.isArray(faults) && faults.length === 1 && faults[0]?.includes(says), String(faults));
    }
  });

  it("is refused with one that could approve in a later stage", () => {
    const stages = "stages: [{ count: 1, from: [sre] }, { count: 1, from: [pagers] }]";
    const faults = read(document().replace("approvals: { count: 1, from: [sre] }", stages));
    assert.ok(Array.isArray(faults) && faults.length === 1 && faults[0]?.includes("could approve"), String(faults));
  });
});
