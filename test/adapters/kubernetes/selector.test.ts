import assert from "node:assert/strict";
import fc from "fast-check";
import { exactFields, exactLabels } from "../../../src/adapters/kubernetes/selector.ts";
import { ClusterFault } from "../../../src/ports/cluster.ts";
import { naughty } from "./naughty.ts";

function notSent(fault: unknown): boolean {
  return fault instanceof ClusterFault && fault.code === "not-sent";
}

/** Texts that come near to what may stand in a selector, and those that would take one apart. */
const text = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...naughty) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-zA-Z0-9._,=!() \\/-]{1,8}$/) },
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{1,8}$/) },
);

describe("exactLabels", () => {
  it("matches each label exactly, an empty one too", () => {
    assert.equal(exactLabels({ app: "api", "x.io/tier": "", A_b: "C.d" }), "app=api,x.io/tier=,A_b=C.d");
  });

  for (const [key, value] of [
    ["", "a"],
    ["a", "b,c"],
    ["a", "b)"],
    ["a,b", "c"],
    ["!a", "b"],
    ["a", "b c"],
    ["a", "b="],
    ["x/y/z", "a"],
    ["X/y", "a"],
    ["a", "b".repeat(64)],
  ] as const)
    it(`refuses ${JSON.stringify([key, value])}`, () => {
      assert.throws(() => exactLabels({ [key]: value }), notSent);
    });
});

describe("exactFields", () => {
  it("matches each field exactly", () => {
    const fields = { "spec.nodeName": "node-1.example", "metadata.name": "a", "involvedObject.uid": "0-A_b" };
    assert.equal(exactFields(fields), "spec.nodeName=node-1.example,metadata.name=a,involvedObject.uid=0-A_b");
  });

  it("refuses none, which would be a match of everything", () => {
    assert.throws(() => exactFields({}), notSent);
  });

  for (const [path, value] of [
    ["metadata.name", ""],
    ["metadata.name", undefined],
    ["metadata.name", ["a"]],
    ["metadata.name", "a,b"],
    ["metadata.name", "a\\,b"],
    ["metadata.name", "a=b"],
    ["metadata.name", "!a"],
    ["metadata.name", " a"],
    ["metadata.name", "a".repeat(254)],
    ["metadata.name!", "a"],
    ["metadata.name=a,spec", "a"],
    ["metadata..name", "a"],
    ["", "a"],
    [".name", "a"],
  ] as const)
    it(`refuses ${JSON.stringify([path, value]).slice(0, 60)}`, () => {
      assert.throws(() => exactFields({ [path]: value } as Readonly<Record<string, string>>), notSent);
    });
});

describe("attack: a selector taken apart by what stands in it", () => {
  for (const [name, select] of [
    ["exactLabels", exactLabels],
    ["exactFields", exactFields],
  ] as const)
    it(`${name} says the matches it was given and nothing else: 20,000 generated ones`, () => {
      const seen = { passed: 0, refused: 0 };
      fc.assert(
        fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), (matches) => {
          try {
            const selector = select(matches);
            seen.passed++;
            assert.match(selector, /^[A-Za-z0-9._/,=-]+$/);
            assert.deepEqual(Object.fromEntries(selector.split(",").map((match) => match.split("="))), matches);
          } catch (fault) {
            if (!notSent(fault)) throw fault;
            seen.refused++;
          }
        }),
        { numRuns: 20_000, seed: 5 },
      );
      assert.ok(seen.passed > 500 && seen.refused > 10_000, JSON.stringify(seen));
    });
});
