import assert from "node:assert/strict";
import fc from "fast-check";
import { pagesOf } from "../../../src/adapters/slack/pages.ts";

const rows = Array.from({ length: 1_000 }, (_, i) => `${i} ${"x".repeat(40)}`);

describe("pagesOf", () => {
  it("is one page of a short text", () => {
    assert.deepEqual(pagesOf("a\nb", "first"), ["a\nb"]);
  });

  it("cuts between lines, and says at the cut how many are missing", () => {
    for (const keep of ["first", "last"] as const) {
      const lines = pagesOf(rows.join("\n"), keep).join("\n").split("\n");
      const [said, shown] =
        keep === "first" ? [lines.at(-1) ?? "", lines.slice(0, -1)] : [lines[0] ?? "", lines.slice(1)];
      const cut = Number(/^… (\d+) (more|older) lines were cut\.$/.exec(said)?.[1]);
      assert.deepEqual(shown, keep === "first" ? rows.slice(0, rows.length - cut) : rows.slice(cut));
    }
  });

  it("keeps every page and all of them within what Slack takes, whatever the text", () => {
    const text = fc.array(
      fc.oneof(fc.string({ maxLength: 3_000 }), fc.constantFrom('"'.repeat(900), "\\".repeat(900))),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(text, fc.constantFrom("first" as const, "last" as const), (texts, keep) => {
        const pages = pagesOf(texts.join("\n"), keep);
        assert.ok(pages.every((page) => page.length <= 2_900));
        assert.ok(JSON.stringify(pages).length < 11_000);
      }),
      { numRuns: 300 },
    );
  });
});
