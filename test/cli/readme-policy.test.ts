import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { conditionFacts } from "../../src/policy/condition-facts.ts";
import { runCli } from "../lab/processes/run-cli.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const [, block = ""] = /```console\n\$ alias explain=([\s\S]*?)```/.exec(readme) ?? [];
const [, alias = ""] = /^'npx countersign (.*?)'\n/s.exec(block) ?? [];
const asked = block
  .split("\n$ explain ")
  .slice(1)
  .map((part) => ({
    words: part.slice(0, part.indexOf("\n")),
    answer: `${part.slice(part.indexOf("\n") + 1).trimEnd()}\n`,
  }));

describe("what the README says of the policy", function () {
  this.timeout(60_000);

  it("shows ten commands and more", () => assert.ok(asked.length >= 10));

  for (const { words, answer } of asked)
    it(`is what \`explain ${words}\` answers`, async () => {
      const { stdout, stderr } = await runCli([...alias.replaceAll("\\\n", " ").split(/\s+/), ...words.split(" ")]);
      assert.equal(stderr + stdout, answer);
    });

  it("names every fact that a condition may ask for, with what it means", () => {
    for (const [name, { means, unknown }] of Object.entries(conditionFacts))
      assert.match(
        readme,
        new RegExp(`^\\| \`${name}\` \\| .* \\| ${escaped(means)} \\| ${escaped(unknown)} \\|$`, "m"),
        name,
      );
  });
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
