import { readOptions, usage } from "./options.ts";
import { figuresOf, tableOf, violationsOf } from "./report.ts";
import { run } from "./run.ts";

const options = readOptions(process.argv.slice(2));
if (typeof options === "string") {
  process.stderr.write(`${options}\n${usage}\n`);
  process.exit(64);
}
const result = await run(options, (line) => process.stderr.write(`${line}\n`));
const broken = result.violations.length > 0;
if (broken) process.stdout.write(`${violationsOf(result)}\n\n`);
process.stdout.write(`${tableOf(options, result)}\n`);
if (options.json) process.stdout.write(`${JSON.stringify(figuresOf(options, result))}\n`);
// With a guard switched off the run is a success when the checker saw what came of it.
process.exit(broken === (options.ablation !== undefined) ? 0 : 1);
