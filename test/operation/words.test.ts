import assert from "node:assert/strict";
import fc from "fast-check";
import { isRefusal } from "../../src/operation/refusal.ts";
import { plainLine, splitWords } from "../../src/operation/words.ts";
import { anyText, naughty } from "./any-text.ts";

describe("plainLine", () => {
  const lines: readonly (readonly [what: string, text: string, line: string])[] = [
    ["curly quotes", "“a” „b‟ «c» ‘d’ ‚e‛", '"a" "b" "c" \'d\' \'e\''],
    ["long dashes", "a — b – c", "a -- b -- c"],
    ["no hyphen, minus or figure dash", "a-b \u2212 \u2012", "a-b \u2212 \u2012"],
    ["spaces of every kind", "a\u00a0b\u202fc\u2003d\u3000e\tf", "a b c d e f"],
    ["ends of lines of every kind", "a\nb\r\nc\u2028d\u2029e\vf\fg", "a b c d e f g"],
    ["runs of spaces, and spaces at the ends", "  a   b  ", "a b"],
    ["zero-width characters", "a\u200bb\u200cc\u200dd\ufeffe\u2060f", "abcdef"],
    ["bidi marks, overrides and isolates", "\u200ea\u202eb\u202c\u2066c\u2069\u061c", "abc"],
    ["control characters", "a\u0000b\u0007c\u001b[31md\u007fe\u0085f", "abc[31mdef"],
    ["tags and private characters", "a\u{e0041}b\ue000c", "abc"],
    ["halves of surrogate pairs, not whole ones", "\ud800a\u{1f4a5}b\udc00", "a\u{1f4a5}b"],
    ["nothing else: letters of all scripts stay", "ünïcödé 田中 مرحبا", "ünïcödé 田中 مرحبا"],
  ];
  for (const [what, text, line] of lines)
    it(`makes plain: ${what}`, () => {
      assert.equal(plainLine(text), line);
    });

  it("leaves one whole line that stays as it is when it is made plain again", () => {
    const holds = (text: string) => {
      const line = plainLine(text);
      assert.ok(line.isWellFormed());
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}“”‘’—–]|^ | $| {2}/u);
      assert.equal(plainLine(line), line);
    };
    fc.assert(fc.property(anyText, holds), { numRuns: 500 });
    naughty.forEach(holds);
  });
});

describe("splitWords", () => {
  const split: readonly (readonly [text: string, words: readonly string[], reason: string])[] = [
    ["", [], ""],
    ["a b", ["a", "b"], ""],
    ["a -- b c", ["a"], "b c"],
    ["a --", ["a"], ""],
    ["-- b", [], "b"],
    ["a -- b -- c", ["a"], "b -- c"],
    ["a --b=c", ["a", "--b=c"], ""],
    ["a — it’s “so”", ["a"], 'it\'s "so"'],
    ["a -- never 'closed", ["a"], "never 'closed"],
    ["\"a b\" 'c d'", ["a b", "c d"], ""],
    ["a\"b c\"d'e'", ["ab cde"], ""],
    ['"" a', ["", "a"], ""],
    ['"it\'s" \'a "b"\'', ["it's", 'a "b"'], ""],
    ["$(reboot) `id` $HOME ~ * \\n", ["$(reboot)", "`id`", "$HOME", "~", "*", "\\n"], ""],
  ];
  for (const [text, words, reason] of split)
    it(`splits ${JSON.stringify(text)}`, () => {
      assert.deepEqual(splitWords(text), { words, reason });
    });

  it("refuses a quote that is opened and never closed, whichever it is", () => {
    for (const text of ['a "b', "a 'b c", "a“b", "“a -- b”"]) {
      const answer = splitWords(text);
      assert.ok(isRefusal(answer), text);
      assert.equal(answer.refused, "bad-arguments");
    }
  });

  it("gives back the very words that were quoted", () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9 =/.,:$`*|;&<>()-]{0,12}$/).filter((text) => plainLine(text) === text);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        fc.pre(!words.some((text) => / -- |^-- | --$/.test(text)));
        assert.deepEqual(splitWords(words.map((text) => `"${text}"`).join(" ")), { words, reason: "" });
      }),
    );
  });
});
