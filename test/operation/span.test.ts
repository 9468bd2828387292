import assert from "node:assert/strict";
import fc from "fast-check";
import { momentInWords, parseSpan, spanInWords, spokenSpan } from "../../src/operation/span.ts";

describe("an instant in a sentence", () => {
  it("is said to the second in UTC, and what is none stays as it is", () => {
    assert.equal(momentInWords("2026-11-24T12:30:00.980Z"), "2026-11-24 12:30:00 UTC");
    assert.equal(momentInWords("2026-11-24T13:30:00+01:00"), "2026-11-24 12:30:00 UTC");
    assert.equal(momentInWords("soon"), "soon");
  });
});

describe("a span of time", () => {
  it("is read in hours, minutes and seconds, and in nothing else", () => {
    assert.equal(parseSpan("90s"), 90_000);
    assert.equal(parseSpan("1h30m"), 5_400_000);
    assert.equal(parseSpan("0m"), 0);
    for (const text of ["", "30", "m", "1d", "-1m", "1.5h", " 1m", "1m ", "100000s", "1h 30m"])
      assert.equal(parseSpan(text), undefined, text);
  });

  it("is spoken as it is read, whatever whole seconds it has", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 90_000 }), (s) => parseSpan(spokenSpan(s * 1000)) === s * 1000));
  });

  it("is said in words", () => {
    assert.equal(spanInWords(5_461_000), "1 hour 31 minutes 1 second");
    assert.equal(spanInWords(7_200_000), "2 hours");
  });
});
