import assert from "node:assert/strict";
import { runCli } from "../lab/processes/run-cli.ts";

describe("countersign", function () {
  this.timeout(30_000);

  it("prints every command there is, when asked for help in any way or for nothing", async () => {
    const runs = await Promise.all(
      [[], ["help"], ["--help"], ["audit", "verify", "--help"]].map((words) => runCli(words)),
    );
    for (const { code, stdout, stderr } of runs) {
      assert.deepEqual([code, stderr], [0, ""]);
      for (const command of ["enrol issue SUBJECT", "audit verify", "audit export", "manifests"])
        assert.ok(stdout.includes(`\n  ${command}`), command);
    }
  });

  for (const [typed, says] of [
    ["audit verfy", 'there is no command "audit verfy"; did you mean "audit verify"?'],
    ["enroll issue", 'there is no command "enroll issue"; did you mean "enrol issue"?'],
    ["manifest", 'there is no command "manifest"; did you mean "manifests"?'],
    ["audit", 'there is no command "audit"'],
    ["restart everything", 'there is no command "restart everything"'],
    ["constructor", 'there is no command "constructor"'],
    ["__proto__ x", 'there is no command "__proto__ x"'],
    ["audit verify --fil x", "Unknown option '--fil'"],
    ["audit verify trail.jsonl", '"trail.jsonl" is too much; a file goes behind --file'],
    ["audit export x", '"x" is too much'],
    ["enrol issue", "whom? `countersign enrol issue SUBJECT`"],
    ["enrol issue a b", '"b" is too much: one subject at a time'],
    ["manifests prod", '"prod" is too much; namespaces go behind -n'],
  ] as const)
    it(`refuses \`${typed}\` with 64, and says what of it`, async () => {
      const { code, stdout, stderr } = await runCli(typed.split(" "));
      assert.deepEqual([code, stdout], [64, ""]);
      assert.ok(stderr.startsWith(`countersign: ${says}`), stderr);
      assert.ok(stderr.endsWith("\nRun `countersign help`.\n"), stderr);
    });
});
