import assert from "node:assert/strict";
import fc from "fast-check";
import { stepReader } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { resolveRun } from "../../src/operation/run.ts";
import { decide, stillAsked } from "../../src/policy/decide.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { DecisionFacts, Policy, Tier } from "../../src/policy/policy.ts";
import { requirementWords } from "../../src/policy/words.ts";
import { factsOf } from "../../src/request/facts.ts";
import { anyFacts, anyPolicy, anyRaise } from "./any-policy.ts";

const review = { review: 86_400_000, from: ["security"] };
const glassTier = (name: string): Tier => ({ name, requirements: { breakGlass: review } });
const glass = { name: "glass", subjects: ["group:oncall"], operations: ["scale"], tier: "g0" };
const policy: Policy = {
  revision: "r",
  tiers: [
    { name: "routine", requirements: {} },
    glassTier("g0"),
    { name: "critical", requirements: {} },
    glassTier("g1"),
    { name: "forbidden", requirements: {}, deny: "no" },
  ],
  permit: [{ name: "all", subjects: ["*"], operations: ["@change", "runbook"], tier: "routine" }],
  raise: [],
  breakGlass: [glass],
};
const facts: DecisionFacts = {
  subject: { sub: "alice", groups: ["oncall"] },
  operation: "scale",
  cluster: "demo",
  namespaces: ["web"],
  name: "api",
  plan: { replicas: 3, labels: {} },
};
const known = { replicas: 3, labels: {} };
const breaking: DecisionFacts = { ...facts, breakGlass: true };
const tierOf = (of: Policy, known: DecisionFacts) => {
  const decision = decide(of, known);
  return decision.allowed ? decision.tier : `denied by ${decision.rule}`;
};

describe("breaking the glass by the policy", () => {
  it("leads whom a rule names into its tier, by the rules of the usual way and its own", () => {
    const decision = decide({ ...policy, raise: [{ name: "up", tier: "critical" }] }, breaking);
    assert.deepEqual(decision, {
      ...{ allowed: true, tier: "g0", requirements: { breakGlass: review }, policy: "r" },
      rules: ["all", "up", "glass"],
    });
  });

  it("is for nobody else, for no other operation, and says who may", () => {
    const bob = { sub: "bob", groups: ["sre"] };
    const no = decide(policy, { ...breaking, subject: bob });
    assert.ok(!no.allowed && no.rule === "no break-glass");
    assert.deepEqual(
      [no.says, no.remedy],
      ["No rule lets bob break the glass for scale.", "Those who may are: the group oncall. Ask without it."],
    );
    assert.equal(tierOf(policy, { ...breaking, operation: "cordon" }), "denied by no break-glass");
    assert.equal(tierOf({ ...policy, breakGlass: [] }, breaking), "denied by no break-glass");
  });

  it("goes past no denial and no freeze that denies, and needs a permit like everything", () => {
    const during = { from: 0, to: 10 };
    assert.equal(tierOf({ ...policy, raise: [{ name: "never", tier: "forbidden" }] }, breaking), "denied by never");
    const frozen = { ...policy, raise: [{ name: "Christmas", tier: "forbidden", during }] };
    assert.equal(tierOf(frozen, { ...breaking, now: 5 }), "denied by Christmas");
    assert.equal(tierOf(frozen, { ...breaking, now: 10 }), "g0");
    assert.equal(tierOf({ ...policy, permit: [] }, breaking), "denied by no permit");
  });

  it("of a runbook takes a rule for the whole and one for each step, and the strictest of their tiers", () => {
    const runbook = {
      name: "recycle",
      summary: "recycle it",
      parameters: {},
      steps: ["scale deploy/api --replicas=3 -n web"],
    };
    const operation = resolveRun(runbook, {}, "demo", stepReader("demo"));
    assert.ok(!isRefusal(operation));
    const run = factsOf(operation, facts.subject, { ...known, steps: [known] }, { breakGlass: true });
    const decided = (...named: readonly [operation: string, tier: string][]) => {
      const breakGlass = named.map(([kind, tier]) => ({ ...glass, name: kind, operations: [kind], tier }));
      return tierOf({ ...policy, runbooks: [runbook], breakGlass }, run);
    };
    assert.equal(decided(["runbook", "g0"], ["scale", "g1"]), "g1");
    assert.equal(decided(["runbook", "g1"], ["scale", "g0"]), "g1");
    for (const alone of ["runbook", "scale"]) assert.equal(decided([alone, "g0"]), "denied by no break-glass");
  });

  it("takes the weakest of several rules that name one, as of permits", () => {
    const two = [{ ...glass, name: "strict", tier: "g1" }, glass];
    for (const breakGlass of [two, two.toReversed()]) assert.equal(tierOf({ ...policy, breakGlass }, breaking), "g0");
  });

  it("reaches such a tier by nothing else: a permit or a raise that names one denies", () => {
    const permit = [{ name: "wrong", subjects: ["*"], operations: ["@change"], tier: "g0" }];
    for (const of of [
      { ...policy, permit },
      { ...policy, raise: [{ name: "wrong", tier: "g0" }] },
    ])
      for (const known of [facts, breaking]) assert.equal(tierOf(of, known), "denied by wrong");
    const past = ["g0", "critical"].map((tier) => ({ name: tier, tier }));
    assert.equal(tierOf({ ...policy, raise: past }, facts), "denied by g0");
    assert.equal(
      tierOf({ ...policy, breakGlass: [{ ...glass, tier: "routine" }] }, breaking),
      "denied by no break-glass",
    );
  });

  it("meets no bar of the usual way with it, nor the other way round", () => {
    const usual = decide(policy, facts);
    const broken = decide(policy, breaking);
    assert.ok(usual.allowed && broken.allowed);
    for (const tier of ["g0", "g1"]) {
      assert.equal(stillAsked(policy, tier, usual), undefined);
      assert.deepEqual(stillAsked(policy, tier, broken), { breakGlass: review });
    }
    for (const tier of ["routine", "critical", "forbidden", "gone"])
      assert.equal(stillAsked(policy, tier, broken), undefined, tier);
    const raised = decide({ ...policy, breakGlass: [{ ...glass, tier: "g1" }] }, breaking);
    assert.ok(raised.allowed && stillAsked(policy, "g0", raised) === undefined);
  });

  it("says what it takes, in words", () => {
    const words = requirementWords({ stepUp: { bound: true }, breakGlass: review }).join("; ");
    assert.match(
      words,
      /nobody's approval before; a review within 24 hours of the grant, by somebody else of security/,
    );
  });
});

describe("the policy is monotone where the glass may be broken", () => {
  const holds = (property: fc.IProperty<never>) => fc.assert(property as fc.IProperty<unknown>, { numRuns: 1_000 });
  /** Any policy, some of whose tiers are of break-glass, with any rules that lead there. */
  const anyGlass = fc
    .tuple(
      anyPolicy,
      fc.array(
        fc.record({
          name: fc.string(),
          subjects: fc.constantFrom(["*"], ["alice"], ["group:oncall"]),
          operations: fc.constantFrom(["@change"], ["scale"], ["get"]),
          tier: fc.constantFrom("t0", "t1", "t2", "t3", "g0", "g1"),
        }),
        { maxLength: 3 },
      ),
    )
    .map(
      ([any, breakGlass]): Policy => ({ ...any, tiers: [...any.tiers, glassTier("g0"), glassTier("g1")], breakGlass }),
    );
  const isAllowed = (of: Policy, known: DecisionFacts) => decide(of, known).allowed;

  it("whoever does not say so is decided on as if there were no such rule and no such tier", () => {
    holds(
      fc.property(anyGlass, anyFacts, (of, known) => {
        const { breakGlass: _, ...without } = of;
        const tiers = of.tiers.filter(({ requirements }) => !requirements.breakGlass);
        assert.deepEqual(decide(of, known), decide({ ...without, tiers }, known));
      }) as never,
    );
  });

  it("it allows nothing that the usual way denies, and leads into nothing but its own tiers", () => {
    holds(
      fc.property(anyGlass, anyFacts, (of, known) => {
        const broken = decide(of, { ...known, breakGlass: true });
        if (!broken.allowed) return;
        assert.ok(isAllowed(of, known) && broken.requirements.breakGlass);
      }) as never,
    );
  });

  it("a raise more, a fact less or a rule less never allows anything", () => {
    holds(
      fc.property(anyGlass, anyFacts, anyRaise, (of, known, raise) => {
        const broken = { ...known, breakGlass: true } as const;
        if (isAllowed(of, broken)) return;
        assert.ok(!isAllowed({ ...of, raise: [...of.raise, raise] }, broken));
        assert.ok(!isAllowed(of, { ...broken, plan: "unknown" }));
        assert.ok(!isAllowed({ ...of, breakGlass: (of.breakGlass ?? []).slice(1) }, broken));
      }) as never,
    );
  });
});

describe("a policy document with a tier of break-glass", () => {
  const sound =
    "{ stepUp: { bound: true }, reason: { minLength: 9 }, notify: [C0S], breakGlass: { review: 24h, from: [sec] } }";
  const rule = "  - { name: g, subjects: ['group:oncall'], operations: [scale], tier: glass }\n";
  const written = (tier: string, before = "{ stepUp: {} }", rest = `breakGlass:\n${rule}`) =>
    readPolicy(`tiers:\n  usual: ${before}\n  glass: ${tier}\npermit: []\n${rest}`);
  const faults = (...words: Parameters<typeof written>) => {
    const reading = written(...words);
    return "faults" in reading ? reading.faults.map(({ line, says }) => `${line}: ${says}`) : [];
  };

  it("is read, its rules with it", () => {
    const reading = written(sound);
    assert.ok("tiers" in reading, JSON.stringify(reading));
    assert.deepEqual(reading.tiers[1]?.requirements.breakGlass, { review: 86_400_000, from: ["sec"] });
    assert.deepEqual(
      reading.breakGlass?.map(({ name, tier }) => [name, tier]),
      [["g", "glass"]],
    );
  });

  const wrong: readonly (readonly [what: string, tier: string, says: RegExp])[] = [
    ["asks for approvals", sound.replace("reason", "approvals: { count: 1, from: [a] }, reason"), /nobody approves it/],
    ["takes another proof", sound.replace("{ bound: true }", "{}"), /takes the strongest proof there is/],
    ["takes none", sound.replace("stepUp: { bound: true }, ", ""), /takes the strongest proof there is/],
    ["takes no reason", sound.replace("reason: { minLength: 9 }, ", ""), /it takes a reason/],
    ["tells nobody", sound.replace("notify: [C0S], ", ""), /it is never quiet/],
    ["waits too long for its review", sound.replace("24h", "25h"), /at most 24h/],
    ["has everybody review it", sound.replace("[sec]", "['*']"), /name of a group alone/],
    ["denies as well", sound.replace("notify", "deny: no, notify"), /denies; what else it asks for/],
  ];
  for (const [what, tier, says] of wrong)
    it(`is refused where it ${what}`, () => assert.match(faults(tier, "{}").join("; "), says));

  const more: readonly (readonly [what: string, usual: string, says: RegExp])[] = [
    [
      "a reason of more",
      "{ stepUp: {}, reason: { minLength: 10 } }",
      /asked for less than in "usual": a shorter reason/,
    ],
    ["a ticket", "{ stepUp: {}, reason: { tickets: [OPS] } }", /a reason without a ticket of OPS/],
    ["more channels", "{ stepUp: {}, notify: [C0S, C0T] }", /fewer channels/],
    ["less time", "{ stepUp: {}, window: 1m }", /more time to begin/],
  ];
  for (const [what, usual, says] of more)
    it(`is refused where another tier asks for ${what}: only approvals are traded`, () =>
      assert.match(faults(sound, usual).join("; "), says));

  it("stands beside the other tiers: none of them is held against it, wherever it is written", () => {
    const text = `tiers:\n  glass: ${sound}\n  usual: {}\n  critical: { approvals: { count: 9, from: [a] } }\npermit: []\n`;
    assert.ok("tiers" in readPolicy(text), JSON.stringify(readPolicy(text)));
  });

  it("holds its own kind in order: a later one leaves no more time for the review", () => {
    const text = `tiers:\n  a: ${sound.replace("24h", "1h")}\n  b: ${sound}\npermit: []\n`;
    const reading = readPolicy(text);
    assert.match("faults" in reading ? (reading.faults[0]?.says ?? "") : "", /more time until the review/);
  });

  it("lets only a rule of break-glass lead there, and such a rule nowhere else", () => {
    const raise = "raise:\n  - { name: up, tier: glass }\n";
    assert.match(faults(sound, undefined, raise).join(), /^6: the tier "glass" is one of break-glass, and only a rule/);
    const permit = `breakGlass:\n${rule.replace("tier: glass", "tier: usual")}`;
    assert.match(faults(sound, undefined, permit).join(), /^6: the tier "usual" is none of break-glass/);
    const freeze = "freezes:\n  - { name: f, from: 2026-12-24T18:00, to: 2026-12-25T18:00, tier: glass }\n";
    assert.match(faults(sound, undefined, freeze).join(), /one of break-glass/);
    assert.match(faults(sound, undefined, `breakGlass:\n${rule}${rule}`).join(), /two breakGlass rules are called "g"/);
  });
});
