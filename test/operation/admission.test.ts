import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { digestAnnotation, requestAnnotation } from "../../src/execution/objects/stamp.ts";
import { restartedAtAnnotation } from "../../src/execution/objects/workload.ts";
import { renderAdmission } from "../../src/operation/admission.ts";

interface Thing {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly failurePolicy?: string;
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly matchConditions?: readonly { readonly expression: string }[];
  };
}

const rendered = renderAdmission() as unknown as readonly Thing[];

// What the policies refuse is held against a real API server: test/cluster/adapter.test.ts.
describe("renderAdmission", () => {
  it("is what manifests/base/admission.yaml holds", () => {
    const file = readFileSync(new URL("../../manifests/base/admission.yaml", import.meta.url), "utf8");
    assert.deepEqual(
      parseAllDocuments(file).map((document) => document.toJS()),
      rendered,
    );
  });

  it("binds every policy to deny, and to leave a trace", () => {
    const of = (kind: string) => rendered.filter((object) => object.kind === kind);
    const policies = of("ValidatingAdmissionPolicy").map(({ metadata }) => metadata.name);
    const bindings = of("ValidatingAdmissionPolicyBinding");
    assert.deepEqual(
      bindings.map(({ spec }) => spec.policyName),
      policies,
    );
    for (const { spec } of bindings) assert.deepEqual(spec.validationActions, ["Deny", "Audit"]);
  });

  it("lets a restart write the very annotations that a restart writes", () => {
    const text = JSON.stringify(rendered);
    assert.ok(text.includes(`k in ['${requestAnnotation}', '${digestAnnotation}']`));
    assert.ok(text.includes(`k in ['${restartedAtAnnotation}']`));
  });

  it("fails closed, and holds accounts of ours alone", () => {
    for (const { kind, spec } of rendered) {
      if (kind !== "ValidatingAdmissionPolicy") continue;
      assert.equal(spec.failurePolicy, "Fail");
      assert.match(
        spec.matchConditions?.[0]?.expression ?? "",
        /^request\.userInfo\.username( == 'system:serviceaccount:countersign(-operations)?:countersign-[a-z-]+'|\.startsWith\('system:serviceaccount:countersign-operations:'\))( |$)/,
      );
    }
  });
});
