import { stepReader } from "../operation/parse.ts";
import { isRefusal } from "../operation/refusal.ts";
import { resolveRun } from "../operation/run.ts";
import { isValue, namedIn, type Parameter, type Runbook } from "../operation/runbook.ts";

/** What is wrong with a runbook, and where in it. */
export interface RunbookFault {
  readonly path: readonly PropertyKey[];
  readonly says: string;
}

/** What the schema cannot say: parameters that stand nowhere or are not there, and steps that are no operation. */
export function faultsOfRunbook(runbook: Runbook): readonly RunbookFault[] {
  const { parameters, steps } = runbook;
  const faults: RunbookFault[] = [];
  const used = new Set(steps.flatMap(namedIn));
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!used.has(name)) faults.push({ path: ["parameters", name], says: `no step names {${name}}` });
    if (parameter.type === "number" && parameter.least > parameter.most)
      faults.push({ path: ["parameters", name], says: "its least is more than its most, so nothing could be given" });
  }
  steps.forEach((step, i) => {
    const path = ["steps", i];
    const unknown = namedIn(step).find((name) => !Object.hasOwn(parameters, name));
    if (unknown !== undefined) faults.push({ path, says: `there is no parameter {${unknown}}` });
    else if (/(^| )--( |$)/.test(step))
      faults.push({ path, says: "a step cannot give a reason: whoever asks gives one" });
    else if (/[{}]/.test(step.replace(/\{[^{}]*\}/g, ""))) faults.push({ path, says: "a brace stands alone" });
  });
  if (faults.length > 0) return faults;
  steps.forEach((step, i) => {
    for (const values of samplesOf(parameters)) {
      const resolved = resolveRun({ ...runbook, steps: [step] }, values, "any", stepReader("any"));
      if (!isRefusal(resolved)) continue;
      faults.push({ path: ["steps", i], says: `${resolved.says} ${resolved.remedy ?? ""}`.trim() });
      break;
    }
  });
  return faults;
}

/** Values that all pass: the least and the most of numbers, the first and the last of choices. */
function samplesOf(parameters: Runbook["parameters"]): readonly Readonly<Record<string, string>>[] {
  const of = (pick: (parameter: Parameter) => string) =>
    Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, pick(parameter)]));
  const samples = [of((parameter) => sampleOf(parameter, "first")), of((parameter) => sampleOf(parameter, "last"))];
  return samples.filter((values) =>
    Object.entries(parameters).every(([name, one]) => isValue(one, values[name] ?? "")),
  );
}

function sampleOf(parameter: Parameter, which: "first" | "last"): string {
  if (parameter.type === "number") return String(which === "first" ? parameter.least : parameter.most);
  if (parameter.type === "choice") return parameter.of.at(which === "first" ? 0 : -1) ?? "";
  return "sample";
}
