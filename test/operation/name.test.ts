import assert from "node:assert/strict";
import fc from "fast-check";
import { parseName, parseNamespace } from "../../src/operation/name.ts";
import { anyText, naughty } from "./any-text.ts";

const labels = ["a", "0", "api", "api-v2", "a--b", "5xx", "a".repeat(63), "xn--mnchen-3ya", "null", "constructor"];
const dotted = ["a.b", "api.v1.example", "1.2.3", `${"a".repeat(63)}.${"b".repeat(63)}`, `${"a.".repeat(126)}a`];
const neither = [
  ...["", ".", "..", "...", ".a", "a.", "a..b", "-", "-a", "a-", "a.-b", "a-.b", "*", "/", "a/b", "a b", " a", "a "],
  ...["A", "aPi", "a_b", "a:b", "a\n", "\na", "a\u0000", "a%2f", "..%2f", "%2e", "é", "а", "ａ", "a\u200b", "a\u202e"],
  ...["a".repeat(64), `${"a".repeat(64)}.b`, `a.${"b".repeat(64)}`, `${"a.".repeat(127)}a`, "a".repeat(10_000)],
];

describe("parseName and parseNamespace", () => {
  it("take a label of up to 63 characters, unchanged", () => {
    for (const text of labels) assert.deepEqual([parseName(text), parseNamespace(text)], [text, text]);
  });

  it("take dots in a name of up to 253 characters, and in no namespace", () => {
    for (const text of dotted) assert.deepEqual([parseName(text), parseNamespace(text)], [text, undefined]);
  });

  for (const text of neither)
    it(`take neither ${JSON.stringify(text.slice(0, 70))} of ${text.length}`, () => {
      assert.deepEqual([parseName(text), parseNamespace(text)], [undefined, undefined]);
    });

  it("let through only what means itself in a path, whatever comes", () => {
    const holds = (text: string) => {
      const [name, namespace] = [parseName(text), parseNamespace(text)];
      for (const taken of [name, namespace]) {
        if (taken === undefined) continue;
        assert.equal(taken, text);
        assert.equal(new URL(`/api/${taken}/log`, "https://c.example").pathname, `/api/${text}/log`);
        assert.equal(encodeURIComponent(taken), text);
        assert.ok(taken.length >= 1 && taken.length <= 253);
      }
      if (namespace !== undefined) assert.equal(name, text);
    };
    const close = fc.stringMatching(/^[a-zA-Z0-9.\-/%]{0,12}$/);
    fc.assert(fc.property(fc.oneof(anyText, close), holds), { numRuns: 1_000 });
    naughty.forEach(holds);
  });
});
