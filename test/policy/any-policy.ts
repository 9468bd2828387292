import fc from "fast-check";
import type { OperationKind } from "../../src/operation/operation.ts";
import type { PlanFacts } from "../../src/operation/plan.ts";
import { compileCondition } from "../../src/policy/condition.ts";
import type { Condition, Decision, DecisionFacts, Permit, Policy, Raise, Tier } from "../../src/policy/policy.ts";

// Few words, so that rules and facts meet often.
const kinds: readonly OperationKind[] = ["get", "rollout-restart", "scale"];
const groups = ["oncall", "sre", "security"];
const labels = ["team", "tier"];
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const plain = { noNullPrototype: true };

export const anySubject = fc.record({ sub: fc.constantFrom("alice", "bob"), groups: fc.subarray(groups) }, plain);

const anyPlan: fc.Arbitrary<PlanFacts> = fc.record(
  { replicas: fc.integer({ min: 0, max: 4 }), labels: fc.dictionary(fc.constantFrom(...labels), word(), plain) },
  plain,
);

/** What a decision may be made on; the plan is known unless it is said to be otherwise. */
export const anyFacts = fc.record(
  {
    subject: anySubject,
    operation: fc.constantFrom(...kinds),
    cluster: fc.constantFrom("demo", "prod-eu", "prod-us"),
    namespaces: fc.constantFrom(["prod"], ["kube-system"], ["web"], []),
    name: word(),
    plan: anyPlan,
    now: fc.integer({ min: 0, max: 7 * 24 }).map((hour) => hour * 3_600_000),
    channel: fc.constantFrom("C1", "C2"),
    unusual: fc.record({ firstInNamespace: fc.boolean(), outsideTheirHours: fc.boolean() }, plain),
  },
  plain,
);

const anySubjects = some(["*", "alice", "group:oncall", "group:sre"]);
const anyOperations = some(["@read", "@change", ...kinds]);
const tierNames = ["t0", "t1", "t2", "t3"];
const tier = fc.constantFrom(...tierNames);

const conditions = [
  ...["time.hour < 7", "time.weekday > 5 && !incident", "incident", "!(channel == 'C1')", "unusual.firstInNamespace"],
  ...["!unusual.outsideTheirHours", "plan.replicas > 2", "!(plan.replicas > 2)", "'team' in target.labels"],
  ...["target.labels['team'] == 'a'", "name == 'a' || cluster == 'demo'", "name != 'a'", "'sre' in subject.groups"],
  ...["namespaces.exists(n, n == 'prod')", "now.getHours('Asia/Tokyo') < 12 ? incident : name == 'b'"],
  ...["plan.replicas > 1 && unusual.firstInNamespace || incident", "true", "false"],
].map(conditionOf);

export function conditionOf(text: string): Condition {
  const condition = compileCondition(text);
  if ("fault" in condition) throw new Error(`${text}: ${condition.fault}`);
  return condition;
}

/** A rule that only adds, of any matchers; its name is random, as names mean nothing. */
export const anyRaise: fc.Arbitrary<Raise> = fc.record(
  {
    name: fc.string(),
    tier,
    operations: anyOperations,
    subjects: anySubjects,
    clusters: some(["prod-*", "demo", "*"]),
    namespaces: some(["prod", "kube-*", "*b"]),
    names: some(["a*", "ab", "*"]),
    labels: fc.dictionary(fc.constantFrom(...labels), some(["a*", "b", "*"]), { ...plain, maxKeys: 2 }),
    replicasOver: fc.integer({ min: 0, max: 4 }),
    when: fc.constantFrom(...conditions),
  },
  { ...plain, requiredKeys: ["name", "tier"] },
) as fc.Arbitrary<Raise>;

const anyPermit: fc.Arbitrary<Permit> = fc.record(
  { name: fc.string(), subjects: anySubjects, operations: anyOperations, tier },
  plain,
);

/** Any policy at all, tiers that deny in any place: more than a policy document may say. */
export const anyPolicy: fc.Arbitrary<Policy> = fc.record(
  {
    revision: fc.constant("r"),
    tiers: fc
      .tuple(...tierNames.map(() => fc.boolean()))
      .map((denies) => tierNames.map((name, i): Tier => tierOf(name, denies[i] === true))),
    permit: fc.array(anyPermit, { maxLength: 4 }),
    raise: fc.array(anyRaise, { maxLength: 4 }),
    incidents: fc.constant({ channels: ["C1"] }),
  },
  plain,
);

function tierOf(name: string, deny: boolean): Tier {
  return { name, requirements: {}, ...(deny ? { deny: "no" } : {}) };
}

function word(): fc.Arbitrary<string> {
  return fc.constantFrom("a", "ab", "b", "");
}

/** How much a decision asks for: a denial is more than any tier. */
export function bar(policy: Policy, decision: Decision): number {
  return decision.allowed ? policy.tiers.findIndex(({ name }) => name === decision.tier) : Number.POSITIVE_INFINITY;
}

/** The same facts, but what is under this key is not known. */
export function without(facts: DecisionFacts, key: "name" | "now" | "channel" | "unusual"): DecisionFacts {
  const { [key]: _, ...rest } = facts;
  return rest;
}
