import assert from "node:assert/strict";
import fc from "fast-check";
import { compileCondition } from "../../src/policy/condition.ts";
import { conditionFacts, knownFacts, rootOf } from "../../src/policy/condition-facts.ts";
import type { DecisionFacts, Known } from "../../src/policy/policy.ts";

// A Friday, half past ten at night in Berlin and half past nine in UTC.
const now = Date.UTC(2026, 10, 27, 21, 30);
const facts: DecisionFacts = {
  subject: { sub: "alice", groups: ["oncall", "sre"] },
  operation: "scale",
  cluster: "prod-eu",
  namespaces: ["web", "api"],
  name: "checkout",
  plan: { replicas: 20, labels: { team: "payments" } },
  now,
  channel: "C1",
  unusual: { firstInNamespace: false, outsideTheirHours: true },
};
const policy = { timeZone: "Europe/Berlin", incidents: { channels: ["C1"] } };

function compiled(text: string) {
  const condition = compileCondition(text);
  if ("fault" in condition) throw new Error(`${text}: ${condition.fault}`);
  return condition;
}
const holds = (text: string, change: Partial<DecisionFacts> = {}) =>
  compiled(text).holds(knownFacts(policy, { ...facts, ...change }));

const conditions: readonly (readonly [condition: string, holds: boolean])[] = [
  ["true", true],
  ["false", false],
  ['subject.id == "alice"', true],
  ['"sre" in subject.groups', true],
  ['subject.groups.all(g, g.startsWith("s"))', false],
  ['operation.kind == "scale" && operation.group == "change"', true],
  ['operation.group == "read"', false],
  ['cluster.startsWith("prod-")', true],
  ['namespaces.exists(n, n == "web")', true],
  ['namespaces.exists(n, n.endsWith("b") && n != "web")', false],
  ['name.contains("check")', true],
  ["plan.replicas > 19", true],
  ["plan.replicas > 20", false],
  ['"team" in target.labels && target.labels["team"] == "payments"', true],
  ['"tier" in target.labels && target.labels["tier"] == "1"', false],
  ['"constructor" in target.labels', false],
  ["time.hour == 22 && time.minute == 30 && time.weekday == 5", true],
  ["time.hour >= 8 && time.hour < 18", false],
  ['now.getHours("America/New_York") == 16', true],
  ['now > timestamp("2026-11-27T21:29:00Z") && now < timestamp("2026-11-27T21:31:00Z")', true],
  ['channel == "C2"', false],
  ["!incident", false],
  ["unusual.firstInNamespace", false],
  ["unusual.outsideTheirHours", true],
  ["size(namespaces) > 2", false],
];

describe("compileCondition", () => {
  for (const [text, expected] of conditions)
    it(`answers ${expected} to ${text}`, () => assert.equal(holds(text), expected));

  it("holds where it cannot be evaluated", () => {
    for (const text of [
      'target.labels["none"] == "x"',
      "1 / (plan.replicas - 20) == 1",
      "9223372036854775807 + plan.replicas == 0",
    ])
      assert.equal(holds(text), true, text);
  });

  it("holds where a fact it needs is unknown, also turned round, and not where it needs none of them", () => {
    const { now: _, channel: __, unusual: ___, name: ____, ...rest } = facts;
    const unknown = knownFacts(policy, { ...rest, plan: "unknown" });
    for (const text of [
      ...["plan.replicas > 99", "!(plan.replicas > 99)", "has(target.labels.team)", "!has(target.labels.team)"],
      ...[
        "incident",
        "!incident",
        "unusual.firstInNamespace",
        "!unusual.firstInNamespace",
        'name == "x"',
        'name != "x"',
      ],
      ...[
        "time.hour > 25",
        "!(time.hour > 25)",
        'now.getHours("UTC") > 25',
        'channel in ["C2"]',
        '!(channel in ["C2"])',
      ],
      ...["incident ? false : false", "true && incident", "false || incident", "[1].exists(i, incident)"],
    ])
      assert.equal(compiled(text).holds(unknown), true, text);
    for (const text of ["false && incident", 'cluster == "x" && plan.replicas > 0'])
      assert.equal(compiled(text).holds(unknown), false, text);
  });

  it("property: to know one fact less never makes a condition that held not hold", () => {
    const texts = conditions.map(([text]) => text);
    const any = fc.letrec((tie) => ({
      one: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(...texts),
        fc.tuple(tie("one"), fc.constantFrom("&&", "||"), tie("one")).map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie("one").map((one) => `!(${one})`),
        fc.tuple(tie("one"), tie("one"), tie("one")).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      ),
    })).one as fc.Arbitrary<string>;
    const roots = [...new Set(Object.keys(conditionFacts).map(rootOf))];
    const known = knownFacts(policy, facts);
    fc.assert(
      fc.property(any, fc.subarray(roots), (text, lost) => {
        const condition = compileCondition(text);
        fc.pre(!("fault" in condition));
        if ("fault" in condition || !condition.holds(known)) return;
        const less = Object.fromEntries(Object.entries(known).filter(([root]) => !lost.includes(root))) as Known;
        assert.ok(condition.holds(less), `${text} without ${lost.join(", ")}`);
      }),
      { numRuns: 500 },
    );
  });

  const refused: readonly (readonly [condition: string, offset: number, fault: RegExp])[] = [
    ["", 0, /./],
    ["plan.replicas >", 15, /Unexpected token/],
    ["plan.pods > 1", 5, /No such key: pods/],
    ["whether", 0, /Unknown variable: whether/],
    ["cluster", 0, /answers string, and must answer true or false/],
    ["cluster + 1 == 2", 0, /no such overload/],
    ['cluster.matches("^(a+)+$")', 0, /regular expressions are not taken/],
    ['true || matches(cluster, "a")', 8, /regular expressions are not taken/],
    ["namespaces.exists(a, namespaces.exists(b, a == b))", 21, /within another/],
    ["dyn(cluster) == 1", 0, /there is no dyn\(\)/],
    ["cel.bind(x, cluster + cluster, x == cluster)", 0, /there is no bind\(\)/],
    ["namespaces.map(n, n) == []", 0, /there is no map\(\)/],
    ['now.getHours("Middle/Earth") == 1', 0, /time zone/],
    ["now.getHours(cluster) == 1", 0, /time zone/],
    ['now.getHours("+01:00") == 1', 0, /time zone/],
    ['timestamp("tomorrow") > now', 0, /moment as text/],
    [Array(150).fill("true").join(" && "), 0, /Exceeded|max/i],
    [`${"!(".repeat(40)}true${")".repeat(40)}`, 0, /depth|max/i],
    [`1 in [${Array(60).fill("1").join(", ")}]`, 0, /list|max/i],
  ];
  for (const [text, offset, fault] of refused)
    it(`refuses ${text.slice(0, 50) || "nothing"}, with its place`, () => {
      const found = compileCondition(text);
      assert.ok("fault" in found);
      assert.match(found.fault, fault);
      if (offset > 0) assert.equal(found.offset, offset);
    });

  it("never throws, on any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        const found = compileCondition(text);
        assert.ok("fault" in found || typeof found.holds({}) === "boolean");
      }),
    );
  });

  it("says which facts it is about", () => {
    const { about } = compiled('incident || "team" in target.labels');
    assert.deepEqual([...about], ["incident", "target"]);
  });
});

describe("conditionFacts", () => {
  it("names every fact that is known of a request, and no other", () => {
    assert.deepEqual(new Set(Object.keys(knownFacts(policy, facts))), new Set(Object.keys(conditionFacts).map(rootOf)));
  });
});
