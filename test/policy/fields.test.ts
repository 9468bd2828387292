import assert from "node:assert/strict";
import { decide } from "../../src/policy/decide.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { Policy, SetFields } from "../../src/policy/policy.ts";
import { labPolicy } from "../fakes/policy.ts";

const { fields: _, ...bare } = labPolicy;
const decided = (policy: Policy, fields: SetFields) =>
  decide(policy, {
    subject: { sub: "alice", groups: ["oncall"] },
    operation: fields.by,
    cluster: "demo",
    namespaces: ["staging"],
    name: "api",
    plan: { replicas: 0, labels: {} },
    fields,
  });
const whyNot = (policy: Policy, fields: SetFields) => {
  const decision = decided(policy, fields);
  assert.ok(!decision.allowed);
  assert.equal(decision.rule, "fields");
  return `${decision.says} ${decision.remedy}`;
};

describe("the fields a policy lets people set", () => {
  const policy: Policy = {
    ...bare,
    fields: {
      patch: { Deployment: ["spec.minReadySeconds"] },
      label: ["team", "example.com/*", "kubernetes.io/*"],
      annotate: ["example.com/owner"],
    },
  };

  it("are none where it names none", () => {
    for (const setting of [
      { by: "label", kind: "Deployment", names: ["team"] },
      { by: "annotate", kind: "Deployment", names: ["team"] },
      { by: "patch", kind: "Deployment", names: ["spec.minReadySeconds"] },
    ] as const)
      assert.match(whyNot(bare, setting), /It allows none yet: its owners can, under `fields`/);
  });

  it("are those it names, each for its own operation and kind", () => {
    for (const setting of [
      { by: "label", kind: "Service", names: ["team", "example.com/a"] },
      { by: "annotate", kind: "ConfigMap", names: ["example.com/owner"] },
      { by: "patch", kind: "Deployment", names: ["spec.minReadySeconds"] },
    ] as const)
      assert.equal(decided(policy, setting).allowed, true, JSON.stringify(setting));
    assert.equal(
      whyNot(policy, { by: "label", kind: "Deployment", names: ["team", "tier"] }),
      "The policy lets nobody label tier. Allowed are: team, example.com/*, kubernetes.io/*.",
    );
    assert.match(
      whyNot(policy, { by: "label", kind: "Deployment", names: ["example.com.evil/a"] }),
      /lets nobody label/,
    );
    assert.match(whyNot(policy, { by: "annotate", kind: "Deployment", names: ["team"] }), /lets nobody annotate team/);
    assert.equal(
      whyNot(policy, { by: "patch", kind: "Deployment", names: ["spec.revisionHistoryLimit"] }),
      "The policy lets nobody patch spec.revisionHistoryLimit of a Deployment. Allowed are: spec.minReadySeconds.",
    );
    assert.match(whyNot(policy, { by: "patch", kind: "DaemonSet", names: ["spec.minReadySeconds"] }), /of a DaemonSet/);
  });

  it("are never those of Kubernetes or of Countersign, whatever it names", () => {
    assert.match(whyNot(policy, { by: "label", kind: "Deployment", names: ["kubernetes.io/a"] }), /lets nobody label/);
  });

  const document = (fields: string) => readPolicy(`tiers: { t: {} }\npermit: []\nfields: ${fields}\n`);
  it("are read from its document", () => {
    const read = document('{ patch: { StatefulSet: [spec.minReadySeconds] }, label: [team, "example.com/*"] }');
    assert.ok(!("faults" in read), JSON.stringify(read));
    assert.deepEqual(read.fields, {
      patch: { StatefulSet: ["spec.minReadySeconds"] },
      label: ["team", "example.com/*"],
    });
  });

  for (const [what, fields, says] of [
    ["a field that is never set", "{ patch: { Deployment: [spec.replicas] } }", /spec.minReadySeconds/],
    ["a kind that is never patched", "{ patch: { Secret: [data] } }", /Secret/],
    ["all keys", '{ label: ["*"] }', /a key is written/],
    ["a key of Kubernetes", "{ label: [app.kubernetes.io/name] }", /never one of/],
    ["a key of ours", '{ annotate: ["countersign.dev/*"] }', /never one of/],
  ] as const)
    it(`cannot be ${what}: its document is at fault`, () => {
      const read = document(fields);
      assert.ok("faults" in read, "no fault");
      assert.match(read.faults.map((fault) => fault.says).join(" "), says);
      assert.equal(read.faults[0]?.line, 3);
    });
});
