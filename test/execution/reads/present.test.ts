import assert from "node:assert/strict";
import fc from "fast-check";
import { present } from "../../../src/execution/reads/present.ts";

const rows = (count: number) => Array.from({ length: count }, (_, i) => `${i} ${"x".repeat(96)}`);

describe("present", () => {
  it("leaves a short text as it is, but for the blank lines at its end", () => {
    assert.equal(present("a\n\n[b]\r\n\t[c]\n\n", "first"), "a\n\n[b]\n\t[c]");
  });

  it("keeps the first lines of too many, and says first how many were left out", () => {
    const lines = present(rows(1_000).join("\n"), "first").split("\n");
    const left = Number(/^\((\d+) more lines left out\)$/.exec(lines[0] ?? "")?.[1]);
    assert.deepEqual(lines.slice(1), rows(1_000).slice(0, 1_000 - left));
    assert.ok(left > 0 && lines.slice(1).join("\n").length <= 20_000);
  });

  it("keeps the newest lines of a log, and says last how many were left out", () => {
    const lines = present(rows(1_000).join("\n"), "last").split("\n");
    const left = Number(/^\((\d+) older lines left out\)$/.exec(lines.at(-1) ?? "")?.[1]);
    assert.deepEqual(lines.slice(0, -1), rows(1_000).slice(left));
    assert.ok(left > 0);
  });

  it("cuts a long line, but no character in half", () => {
    const cut = present(`${"x".repeat(498)}\u{1f4a5}\u{1f4a5}`, "first");
    assert.ok(cut.isWellFormed() && cut.length <= 500 && cut.endsWith("x…"), cut);
  });

  it("says how many values it masked, before it cuts anything", () => {
    assert.equal(present("password=one token=two", "last").split("\n").at(-1), "(2 values that look secret masked)");
    assert.equal(present("password=one", "first").split("\n")[0], "(1 value that looks secret masked)");
    // Cut first, this address would have lost the @ that tells its password.
    const long = present(`${"x".repeat(460)} postgres://app:${"pass".repeat(20)}@db/app`, "first");
    assert.doesNotMatch(long, /passpass/);
  });

  it("masks what is only seen once colours and invisible characters are gone", () => {
    for (const text of [
      "\u001b[36mpassword\u001b[0m=\u001b[1mhunter2\u001b[0m",
      "pass\u200bword=hun\u00adter2",
      "pass\u0000word=hunter2",
    ])
      assert.equal(present(text, "last").split("\n")[0], "password=[masked]");
  });

  it("is never longer than what is kept, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 2_000 }), { maxLength: 60 }),
        fc.constantFrom("first", "last"),
        (texts, keep) => {
          const answer = present(texts.join("\n"), keep as "first" | "last");
          assert.ok(answer.length <= 20_200);
          assert.ok(answer.split("\n").every((line) => line.length <= 500));
        },
      ),
      { numRuns: 200 },
    );
  });
});
