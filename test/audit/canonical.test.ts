import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical, sha256 } from "../../src/audit/canonical.ts";

// RFC 8785 appendix B: the bits of an IEEE 754 double, and its only text.
const numbers: readonly (readonly [bits: string, text: string])[] = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["ffefffffffffffff", "-1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef4f", "999999999999999900000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555554", "333333333.33333325"],
  ["41b3de4355555555", "333333333.3333333"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

describe("canonical", () => {
  it("writes numbers as RFC 8785 appendix B has them", () => {
    for (const [bits, text] of numbers) assert.equal(canonical(Buffer.from(bits, "hex").readDoubleBE()), text);
  });

  it("writes the sample of RFC 8785 section 3.2.2", () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    assert.equal(
      canonical(JSON.parse(sample)),
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("orders keys by UTF-16 code units, as in RFC 8785 section 3.2.3, at every depth", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
    const value = Object.fromEntries(names.map((name) => [name, 0]));
    const text = `{${ordered.map((name) => `${JSON.stringify(name)}:0`).join(",")}}`;
    assert.equal(canonical(value), text);
    assert.equal(canonical([{ b: value, a: 1 }]), `[{"a":1,"b":${text}}]`);
  });

  it("orders keys that look like numbers as text, and keeps the order of lists", () => {
    assert.equal(canonical({ 10: "b", 9: "c", 1: "a" }), '{"1":"a","10":"b","9":"c"}');
    assert.equal(canonical([3, 1, 2]), "[3,1,2]");
  });

  it("escapes as little as JSON lets it, in lower-case hex", () => {
    assert.equal(canonical('\b\t\n\f\r"\\/'), String.raw`"\b\t\n\f\r\"\\/"`);
    assert.equal(canonical("\u0000\u001f\u007f\u0080\u2028\u2029"), '"\\u0000\\u001f\u007f\u0080\u2028\u2029"');
    assert.equal(canonical("Å\u212b"), '"Å\u212b"');
  });

  it("has no text for what JSON cannot say", () => {
    for (const value of [Number.NaN, Infinity, -Infinity, undefined, 1n, Symbol("a"), () => 1])
      for (const place of [value, { a: [{ b: value }] }])
        if (typeof value === "number" || typeof value === "bigint" || place === value)
          assert.throws(() => canonical(place), String(value));
  });

  it("has no text for half a pair of surrogates, in a value or in a key", () => {
    for (const value of ["\ud800", "\udc00", "a\ud83d", { "\ud800": 1 }, [["\udfff\ud800"]]])
      assert.throws(() => canonical(value));
  });

  it("has one text for one value, that means that value, whoever wrote it in whatever order", () => {
    const json = fc.jsonValue({ stringUnit: "binary" });
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, reversed(inner)]),
            )
          : value;
    fc.assert(
      fc.property(json, (value) => {
        const read: unknown = JSON.parse(JSON.stringify(value));
        const text = canonical(read);
        assert.deepEqual(JSON.parse(text), read);
        assert.equal(canonical(JSON.parse(text)), text);
        assert.equal(canonical(reversed(read)), text);
        assert.equal(text.length, JSON.stringify(read).length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("sha256", () => {
  // FIPS 180-4's examples, and one beyond ASCII computed elsewhere.
  const digests: readonly (readonly [text: string, digest: string])[] = [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
    ["€ \u{1f4a5}", "cf546b7105bf55707b8e5640c6ff6da25d8b02cf4f57a852a47a53ebfc68f9a4"],
  ];
  it("is SHA-256 in lower-case hex, over UTF-8", () => {
    for (const [text, digest] of digests) assert.equal(sha256(text), digest);
  });
});
