import assert from "node:assert/strict";
import fc from "fast-check";
import { clip, escaped, plain, plainLines } from "../../../src/adapters/slack/escape.ts";
import { naughty } from "./naughty.ts";

describe("escaped", () => {
  it("leaves nothing that Slack would act on, whatever the text", () => {
    for (const text of naughty) assertHarmless(escaped(text, 3_000));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => assertHarmless(escaped(text, 500))),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...naughty), { maxLength: 5 }), (texts) =>
        assertHarmless(escaped(texts.join(""), 3_000)),
      ),
    );
  });

  it("keeps ordinary words as they are", () => {
    assert.equal(escaped("5xx since the 14:02 deploy, see #42", 100), "5xx since the 14:02 deploy, see #42");
  });

  it("shows the three characters Slack wants escaped", () => {
    assert.equal(escaped("a & b < c > d", 100), "a &amp; b &lt; c &gt; d");
  });

  it("cuts before it escapes, so that no entity is cut in half", () => {
    assert.equal(escaped("<<<<", 3), "&lt;&lt;…");
  });
});

describe("plain", () => {
  it("is one line that shows what it says", () => {
    assert.equal(plain("a\nb\tc\u0000d\u200be", 100), "a b cde");
  });

  it("drops what turns the direction of writing", () => {
    assert.equal(plain("pay\u202egnp.exe\u2066x\u2069", 100), "paygnp.exex");
  });

  it("drops letters that are drawn as nothing", () => {
    assert.equal(plain("a\u115f\u1160\u3164\uffa0\u2800\u034f\ufe0fb", 100), "ab");
  });

  it("never grows beyond its length", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (text, most) => plain(text, most).length <= most),
    );
  });
});

describe("plainLines", () => {
  it("keeps the lines of a table and drops everything invisible in them", () => {
    assert.equal(plainLines("NAME\r\napi\u202e-1\n\u200bweb"), "NAME\napi-1\nweb");
  });
});

describe("clip", () => {
  it("says that something was cut, and cuts no character in half", () => {
    assert.equal(clip("abcdef", 4), "abc…");
    assert.equal(clip("ab\u{1f4a5}cd", 4), "ab…");
  });
});

/** Nothing mentions, links, opens a code span or hides: Slack's escapes are the only markup left. */
function assertHarmless(text: string): void {
  assert.doesNotMatch(text, /[<>`]/, JSON.stringify(text));
  assert.doesNotMatch(text, /&(?!(amp|lt|gt);)/, JSON.stringify(text));
  assert.doesNotMatch(text, /@(here|channel|everyone)/i, JSON.stringify(text));
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\u2028\u2029]/u, JSON.stringify(text));
}
