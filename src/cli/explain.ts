import { readPeople } from "../adapters/identity/files.ts";
import { isRead } from "../operation/operation.ts";
import type { PlanFacts } from "../operation/plan.ts";
import { couldApprove } from "../policy/approvers.ts";
import { momentOf } from "../policy/case-document.ts";
import { decide } from "../policy/decide.ts";
import { readPolicy } from "../policy/document.ts";
import type { Circumstances, Decision, Policy, Raise } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import { requirementWords } from "../policy/words.ts";
import { commandOf } from "../request/asked.ts";
import { factsOf } from "../request/facts.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { readDocument } from "./policy.ts";
import { askOf } from "./typed-operation.ts";

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
    at: { type: "string" },
    channel: { type: "string" },
    usual: { type: "boolean" },
    "slack-groups": { type: "string" },
    json: { type: "boolean" },
  });
  if (values.policy === undefined) throw new UsageFault("--policy FILE is missing");
  if (values.as === undefined) throw new UsageFault("--as SUBJECT is missing");
  if (values.cluster === undefined) throw new UsageFault("--cluster NAME is missing");
  const policy = readDocument(values.policy, readPolicy);
  const people = values.directory === undefined ? undefined : readPeople(values.directory).subjects;
  const subject = subjectOf(values.as, values.groups, people);
  const { operation, breakGlass } = askOf(positionals.join(" "), values.cluster, policy.runbooks);
  const command = commandOf({ operation, ...(breakGlass ? { breakGlass } : {}) });
  const plan = planOf(values.pods, values.label);
  const circumstances = { ...circumstancesOf(values), ...(breakGlass ? { breakGlass } : {}) };
  const decision = decide(policy, factsOf(operation, subject, plan, circumstances));
  const approvers =
    people && decision.allowed && decision.requirements.approvals
      ? couldApprove(decision.requirements, subject.sub, [...people.values()]).map(({ sub }) => sub)
      : undefined;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ operation: command, subject, plan, ...decision, ...(approvers ? { approvers } : {}) })}\n`
      : told(command, subject, decision, {
          approvers,
          unknown: unknownTo(rulesOf(policy, decision), isRead(operation) || plan !== "unknown", circumstances),
        }),
  );
  return ending.well;
}

function subjectOf(sub: string, groups: string | undefined, people?: ReadonlyMap<string, Subject>): Subject {
  if (groups !== undefined) return { sub, groups: listed(groups) };
  const known = people?.get(sub);
  if (known) return known;
  throw new UsageFault(
    people ? `the directory knows no subject "${sub}"; give --groups` : "give --groups a,b or --directory FILE",
  );
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

function told(
  command: string,
  { sub, groups }: Subject,
  decision: Decision,
  about: { readonly approvers: readonly string[] | undefined; readonly unknown: readonly string[] },
): string {
  const lines = [`${command}, asked by ${sub} (${groups.join(", ") || "in no group"})`];
  if (decision.allowed) {
    const asked = requirementWords(decision.requirements);
    lines.push(`allowed, tier ${decision.tier}, by: ${decision.rules.join(", ")}`);
    lines.push(...(asked.length > 0 ? asked.map((one) => `  ${one}`) : ["  nothing more is asked for"]));
    if (about.approvers) lines.push(`  could approve now: ${about.approvers.join(", ") || "NOBODY in the directory"}`);
  } else lines.push(`denied, by: ${decision.rule}`, `  ${decision.says} ${decision.remedy}`);
  lines.push(...about.unknown);
  return `${lines.join("\n")}\n`;
}

/** The raises that led to this decision. */
function rulesOf({ raise }: Policy, decision: Decision): readonly Raise[] {
  const names = decision.allowed ? decision.rules : [decision.rule];
  return raise.filter(({ name }) => names.includes(name));
}

/** What these rules are about and nobody said here, which counts as met. */
function unknownTo(
  rules: readonly Raise[],
  objectKnown: boolean,
  { now, channel, unusual }: Circumstances,
): readonly string[] {
  const asks = (...roots: readonly string[]) => rules.some(({ when }) => roots.some((root) => when?.about.has(root)));
  const ofObject = rules.some(({ labels, replicasOver }) => labels || replicasOver !== undefined);
  const met = (what: string, remedy: string) => `${what} not known here, so rules about it count as met: ${remedy}`;
  return [
    ...(!objectKnown && (ofObject || asks("plan", "target"))
      ? [met("The object is", "--pods N --label KEY=VALUE say what it has.")]
      : []),
    ...(now === undefined && (asks("now", "time") || rules.some(({ during }) => during))
      ? [met("The time is", "--at 2026-11-27T22:30:00Z says it.")]
      : []),
    ...(channel === undefined && asks("channel", "incident")
      ? [met("The channel is", "--channel C0123ABC says it.")]
      : []),
    ...(unusual === undefined && asks("unusual")
      ? [met("What the requester did before is", "--usual says that this is nothing new to them.")]
      : []),
  ];
}

function circumstancesOf(said: {
  readonly at?: string;
  readonly channel?: string;
  readonly usual?: boolean;
  readonly "slack-groups"?: string;
}): Circumstances {
  const { at, channel, usual, "slack-groups": slackGroups } = said;
  const now = at === undefined ? undefined : momentOf(at);
  if (at !== undefined && now === undefined)
    throw new UsageFault(`--at ${at}: it looks like 2026-11-27T22:30:00Z or 2026-11-27T23:30+01:00`);
  return {
    ...(now === undefined ? {} : { now }),
    ...(channel === undefined ? {} : { channel }),
    ...(slackGroups === undefined ? {} : { slackGroups: listed(slackGroups) }),
    ...(usual ? { unusual: { firstInNamespace: false, outsideTheirHours: false } } : {}),
  };
}

function listed(names: string): readonly string[] {
  return names.split(",").filter((name) => name !== "");
}
