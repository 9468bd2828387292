import assert from "node:assert/strict";
import { tryCases } from "../../src/cli/try-cases.ts";

const cases = new URL("../../manifests/policies/adaptive-cases.yaml", import.meta.url).pathname;

describe("the policy of the README", () => {
  const tried = tryCases(cases);
  for (const { title, fault } of tried) it(title, () => assert.equal(fault, undefined));

  it("is held to at least sixty cases", () => {
    assert.ok(tried.length >= 60);
  });
});
