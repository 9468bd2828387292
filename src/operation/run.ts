import type { Typed } from "./entry.ts";
import { type Change, isChange, type Operation, type RunRunbook } from "./operation.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { filled, isValue, type Runbook, runbookUsage, valueWords } from "./runbook.ts";
import { short } from "./typed.ts";

export const runUsage = "run RUNBOOK [PARAMETER=VALUE ...] -- REASON";

/** Reads one step of a runbook, written as it would be typed. */
export type ReadStep = (line: string) => Operation | Refusal;

/** `run RUNBOOK key=value ...`: the runbook, with every parameter checked and every step resolved. */
export function readRun(
  { positionals, cluster }: Typed,
  runbooks: readonly Runbook[],
  readStep: ReadStep,
): RunRunbook | Refusal {
  const [named = "", ...given] = positionals;
  const runbook = runbooks.find(({ name }) => name === named);
  if (!runbook)
    return refuse(
      "bad-arguments",
      named === "" ? "It is not said which runbook." : `There is no runbook \`${short(named)}\`.`,
      runbooks.length === 0
        ? "The policy has none; its owners can write one under `runbooks`."
        : `There are: ${runbooks.map((one) => `\`${runbookUsage(one)}\` (${one.summary})`).join(", ")}.`,
    );
  const values: Record<string, string> = {};
  for (const word of given) {
    const at = word.indexOf("=");
    const key = at < 0 ? word : word.slice(0, at);
    if (at < 0 || !Object.hasOwn(runbook.parameters, key))
      return refuse(
        "bad-arguments",
        `\`${short(word)}\` is no parameter of it.`,
        `Usage: \`${runbookUsage(runbook)}\``,
      );
    if (Object.hasOwn(values, key)) return refuse("bad-arguments", `\`${key}\` is given twice.`, "Give it once.");
    values[key] = word.slice(at + 1);
  }
  return resolveRun(runbook, values, cluster, readStep);
}

/** The operation that a runbook is with these values, or what is wrong with them. Whoever has the policy can check it. */
export function resolveRun(
  runbook: Runbook,
  values: Readonly<Record<string, string>>,
  cluster: string,
  readStep: ReadStep,
): RunRunbook | Refusal {
  const parameters: Record<string, string> = {};
  for (const [key, parameter] of Object.entries(runbook.parameters)) {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined)
      return refuse("bad-arguments", `\`${key}\` is missing.`, `Usage: \`${runbookUsage(runbook)}\``);
    if (!isValue(parameter, value))
      return refuse(
        "bad-arguments",
        `\`${short(value)}\` will not do for \`${key}\`.`,
        `Give ${valueWords(parameter)}.`,
      );
    parameters[key] = value;
  }
  const steps: RunRunbook["steps"][number][] = [];
  for (const line of runbook.steps) {
    const step = readStep(filled(line, parameters));
    if (isRefusal(step)) return step;
    if (!isStep(step) || step.cluster !== cluster)
      return refuse("bad-arguments", `\`${short(line)}\` cannot be a step of a runbook.`, whatIsAStep);
    steps.push(step);
  }
  return { kind: "runbook", cluster, name: runbook.name, parameters, steps };
}

/** An elevation ends by a clock of its own, and what a removal keeps for restoring it has one place in the record. */
const whatIsAStep =
  "A step is one operation that changes the cluster; not a read, an elevation, the removal of a named object or another runbook.";

const noSteps: ReadonlySet<string> = new Set<Exclude<Change["kind"], RunRunbook["steps"][number]["kind"]>>([
  "elevate",
  "delete-deployment",
  "delete-statefulset",
  "delete-job",
  "delete-configmap",
]);

function isStep(operation: Operation): operation is RunRunbook["steps"][number] {
  return isChange(operation) && !noSteps.has(operation.kind);
}
