import assert from "node:assert/strict";
import type { RunRunbook } from "../../src/operation/operation.ts";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { decide } from "../../src/policy/decide.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { factsOf } from "../../src/request/facts.ts";

const rules = `tiers:
  guarded: { stepUp: {} }
  privileged: { stepUp: {}, approvals: { count: 1, from: [sre] } }
  forbidden: { deny: not from chat }
permit:
  - { name: operate, subjects: ["group:oncall"], operations: [runbook, scale, rollout-restart], tier: guarded }
raise:
  - { name: production, operations: [rollout-restart], namespaces: [prod], tier: privileged }
  - { name: never, namespaces: [kube-system], tier: forbidden }
`;
const written = (steps: string, parameters = "app: { type: name }, place: { type: namespace }") => `${rules}runbooks:
  recycle:
    summary: restart an app
    parameters: { ${parameters} }
    steps: ${steps === "" ? "[]" : ""}
${steps === "" ? "" : steps.replace(/^|, /g, "\n      - ").slice(1)}
`;
const good = "scale deploy/{app} --replicas=3 -n {place}, rollout restart deploy/{app} -n {place}";

function policyOf(text: string): Policy {
  const policy = readPolicy(text);
  assert.ok(!("faults" in policy), JSON.stringify(policy));
  return policy;
}

function asked(policy: Policy, place: string): RunRunbook {
  const { runbooks = [] } = policy;
  const text = `run recycle app=api place=${place} -- x`;
  const command = parse(text, { clusters: ["demo"], defaultCluster: "demo", runbooks });
  assert.ok(!isRefusal(command) && command.kind === "operate" && command.operation.kind === "runbook");
  return command.operation;
}

const oncall = { sub: "alice", groups: ["oncall"] };

describe("runbooks in the policy document", () => {
  it("are read, with their parameters and steps", () => {
    const [runbook] = policyOf(written(good)).runbooks ?? [];
    assert.equal(runbook?.name, "recycle");
    assert.equal(runbook?.steps.length, 2);
  });

  for (const [what, text, says] of [
    ["a step that is no operation", written("make deploy/{app} -n {place}"), /There is no command/],
    ["a step that reads", written("get deploy {app} -n {place}"), /cannot be a step/],
    [
      "an elevation",
      written("elevate --role=view --for=5m -n {place}", "place: { type: namespace }"),
      /cannot be a step/,
    ],
    ["a removal", written("delete deploy/{app} -n {place}"), /cannot be a step/],
    ["a runbook in a runbook", written("run recycle app={app} place={place}"), /There is no runbook|cannot be a step/],
    ["a step that names a cluster", written("rollout restart deploy/{app} -n {place} -c other"), /no cluster `other`/],
    ["a step that gives a reason", written("rollout restart deploy/{app} -n {place} -- why"), /cannot give a reason/],
    ["a parameter that no step names", written("rollout restart deploy/{app} -n prod"), /no step names \{place\}/],
    ["a parameter that is not there", written("rollout restart deploy/{app} -n {where}"), /no parameter \{where\}/],
    ["a brace alone", written("rollout restart deploy/{app} -n {place}}"), /brace stands alone/],
    [
      "a choice that could split",
      written(good, "app: { type: choice, of: ['a b'] }, place: { type: namespace }"),
      /a word of/,
    ],
    ["no step at all", written(""), /steps/],
    [
      "a step that takes not every value",
      written(
        "scale deploy/{app} --replicas={n} -n {place}",
        "app: { type: name }, place: { type: namespace }, n: { type: number, least: 1, most: 20000 }",
      ),
      /`20000` is no number of replicas/,
    ],
  ] as const)
    it(`are refused with ${what}`, () => {
      const policy = readPolicy(text);
      assert.ok("faults" in policy, "it was taken");
      assert.match(policy.faults.map(({ says }) => says).join("; "), says);
      assert.ok(policy.faults.every(({ line }) => line > 9));
    });
});

describe("what a runbook takes", () => {
  const policy = policyOf(written(good));
  const plan = { replicas: 6, labels: {}, steps: [0, 1].map(() => ({ replicas: 3, labels: {} })) };

  it("is the most that one of its steps takes", () => {
    const decision = decide(policy, factsOf(asked(policy, "prod"), oncall, plan));
    assert.ok(decision.allowed);
    assert.equal(decision.tier, "privileged");
    assert.deepEqual(decision.rules, ["operate", "production"]);
    const elsewhere = decide(policy, factsOf(asked(policy, "staging"), oncall, plan));
    assert.equal(elsewhere.allowed && elsewhere.tier, "guarded");
  });

  it("is refused where one of its steps is, which is named", () => {
    const decision = decide(policy, factsOf(asked(policy, "kube-system"), oncall, "not-yet"));
    assert.ok(!decision.allowed);
    assert.match(decision.says, /^Step 1 \(scale\): The rule "never" refuses this/);
  });

  it("takes a permit of its own: leave for its steps is none for it, nor the other way round", () => {
    for (const operations of ["[scale, rollout-restart]", "[runbook, scale]"]) {
      const other = policyOf(written(good).replace("[runbook, scale, rollout-restart]", operations));
      const decision = decide(other, factsOf(asked(other, "staging"), oncall, plan));
      assert.equal(decision.allowed, false, operations);
    }
  });

  it("is refused where the policy that decides has another runbook of that name, or none", () => {
    const operation = asked(policy, "staging");
    for (const other of [
      policyOf(rules),
      policyOf(written(`${good}, rollout pause deploy/{app} -n {place}`)),
      policyOf(written(good.replace("=3", "=4"))),
    ]) {
      const decision = decide(other, factsOf(operation, oncall, plan));
      assert.ok(!decision.allowed);
      assert.match(decision.says, /no runbook recycle of these steps/);
    }
  });

  it("is refused for steps that the runbook does not have, whatever the record says", () => {
    const operation = asked(policy, "staging");
    const [first] = operation.steps;
    assert.ok(first);
    const forged = { ...operation, steps: [first, first] };
    assert.equal(decide(policy, factsOf(forged, oncall, plan)).allowed, false);
  });
});
