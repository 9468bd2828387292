import assert from "node:assert/strict";
import { readQuantity } from "../../../src/execution/reads/quantity.ts";

const known: readonly (readonly [string, number])[] = [
  ["0", 0],
  ["2", 2],
  ["1.5", 1.5],
  ["250m", 0.25],
  ["1500u", 0.0015],
  ["2000000000n", 2],
  ["12k", 12_000],
  ["3M", 3_000_000],
  ["1Ki", 1_024],
  ["1.5Gi", 1_610_612_736],
  ["12e3", 12_000],
  ["1E", 1e18],
  ["1Ei", 2 ** 60],
];

describe("readQuantity", () => {
  for (const [text, amount] of known)
    it(`reads ${text}`, () => {
      assert.ok(Math.abs((readQuantity(text) ?? Number.NaN) - amount) <= amount * 1e-9);
    });

  for (const text of ["", "m", "-1", "1 Gi", "1ki", "1e", "NaN", "Infinity", "0x10", "1KiB"])
    it(`takes ${JSON.stringify(text)} for none`, () => {
      assert.equal(readQuantity(text), undefined);
    });
});
