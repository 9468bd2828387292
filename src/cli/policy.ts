import { readFileSync } from "node:fs";
import { spoken } from "../operation/catalogue.ts";
import { isRead, type Operation } from "../operation/operation.ts";
import { parse } from "../operation/parse.ts";
import type { PlanFacts } from "../operation/plan.ts";
import { isRefusal } from "../operation/refusal.ts";
import type { Runbook } from "../operation/runbook.ts";
import { refuseApprover } from "../policy/approvers.ts";
import { decide } from "../policy/decide.ts";
import { readDirectory } from "../policy/directory-document.ts";
import { readPolicy } from "../policy/document.ts";
import type { Decision, Policy } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import { requirementWords } from "../policy/words.ts";
import type { DocumentFault } from "../policy/yaml-document.ts";
import { factsOf } from "../request/facts.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";

/** `countersign policy check FILE`: every fault of a policy with its place; exits 1 when there is one. */
export async function checkPolicy(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageFault("which file? `countersign policy check FILE`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one file at a time`);
  const policy = readPolicy(readFileSync(file, "utf8"));
  if ("faults" in policy) {
    process.stdout.write(placed(file, policy.faults));
    return ending.ill;
  }
  const { tiers, permit, raise, revision } = policy;
  const counts = `${tiers.length} tiers, ${permit.length} permits, ${raise.length} raises`;
  process.stdout.write(`${file}: no fault. ${counts}; revision ${revision}\n`);
  return ending.well;
}

/** `countersign policy explain`: what a command would take from a person, and which rules say so. Nothing is run. */
export async function explainPolicy(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, {
    policy: { type: "string" },
    directory: { type: "string" },
    as: { type: "string" },
    groups: { type: "string" },
    cluster: { type: "string" },
    pods: { type: "string" },
    label: { type: "string", multiple: true },
    json: { type: "boolean" },
  });
  if (values.policy === undefined) throw new UsageFault("--policy FILE is missing");
  if (values.as === undefined) throw new UsageFault("--as SUBJECT is missing");
  if (values.cluster === undefined) throw new UsageFault("--cluster NAME is missing");
  const policy = read(values.policy, readPolicy);
  const people = values.directory === undefined ? undefined : read(values.directory, readDirectory).subjects;
  const subject = subjectOf(values.as, values.groups, people);
  const operation = operationOf(positionals, values.cluster, policy.runbooks);
  const plan = planOf(values.pods, values.label);
  const decision = decide(policy, factsOf(operation, subject, plan));
  const approvers = approversOf(decision, subject, people);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ operation: spoken(operation), subject, plan, ...decision, ...(approvers ? { approvers } : {}) })}\n`
      : told(operation, subject, decision, { policy, approvers, known: plan !== "unknown" || isRead(operation) }),
  );
  return ending.well;
}

function read<T extends object>(
  file: string,
  by: (text: string) => T | { readonly faults: readonly DocumentFault[] },
): T {
  const value = by(readFileSync(file, "utf8"));
  if ("faults" in value) throw new Error(placed(file, value.faults).trimEnd());
  return value;
}

function placed(file: string, faults: readonly DocumentFault[]): string {
  return faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}\n`).join("");
}

function subjectOf(sub: string, groups: string | undefined, people?: ReadonlyMap<string, Subject>): Subject {
  if (groups !== undefined) return { sub, groups: groups.split(",").filter((group) => group !== "") };
  const known = people?.get(sub);
  if (known) return known;
  throw new UsageFault(
    people ? `the directory knows no subject "${sub}"; give --groups` : "give --groups a,b or --directory FILE",
  );
}

/** A reason stands for no rule, so none has to be given. */
function operationOf(words: readonly string[], cluster: string, runbooks: readonly Runbook[] = []): Operation {
  if (words.length === 0)
    throw new UsageFault("which command? Behind --, such as: -- rollout restart deploy/api -n prod");
  const text = words.includes("--") ? words.join(" ") : `${words.join(" ")} -- explained`;
  const command = parse(text, { clusters: [cluster], defaultCluster: cluster, runbooks });
  if (isRefusal(command)) throw new UsageFault([command.says, command.remedy].filter(Boolean).join(" "));
  if (command.kind !== "operate") throw new UsageFault(`"${words.join(" ")}" is no operation`);
  return command.operation;
}

function planOf(pods: string | undefined, labels: readonly string[] = []): PlanFacts | "unknown" {
  if (pods === undefined && labels.length === 0) return "unknown";
  if (pods === undefined || !/^\d{1,5}$/.test(pods)) throw new UsageFault("--pods N says how many pods it touches");
  const pairs = labels.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageFault(`--label ${text}: it looks like team=payments`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return { replicas: Number(pods), labels: Object.fromEntries(pairs) };
}

/** Who of the directory could approve; undefined where nobody need, or nobody is known. */
function approversOf(
  decision: Decision,
  requester: Subject,
  people: ReadonlyMap<string, Subject> | undefined,
): readonly string[] | undefined {
  if (!decision.allowed || !decision.requirements.approvals || !people) return undefined;
  const { requirements } = decision;
  return [...people.values()]
    .filter((subject) => refuseApprover(requirements, requester.sub, subject, []) === undefined)
    .map(({ sub }) => sub);
}

function told(
  operation: Operation,
  { sub, groups }: Subject,
  decision: Decision,
  about: { readonly policy: Policy; readonly approvers: readonly string[] | undefined; readonly known: boolean },
): string {
  const lines = [`${spoken(operation)}, asked by ${sub} (${groups.join(", ") || "in no group"})`];
  if (decision.allowed) {
    const asked = requirementWords(decision.requirements);
    lines.push(`allowed, tier ${decision.tier}, by: ${decision.rules.join(", ")}`);
    lines.push(...(asked.length > 0 ? asked.map((one) => `  ${one}`) : ["  nothing more is asked for"]));
    if (about.approvers) lines.push(`  could approve now: ${about.approvers.join(", ") || "NOBODY in the directory"}`);
  } else lines.push(`denied, by: ${decision.rule}`, `  ${decision.says} ${decision.remedy}`);
  if (!about.known && about.policy.raise.some(({ labels, replicasOver }) => labels || replicasOver !== undefined))
    lines.push(
      "The object is not known here, so rules about it count as met: --pods N --label KEY=VALUE say what it has.",
    );
  return `${lines.join("\n")}\n`;
}
