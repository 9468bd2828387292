import { dirname, resolve } from "node:path";
import type { CaseDocument, PolicyCase } from "../policy/case-document.ts";
import { readCases } from "../policy/case-document.ts";
import { decide } from "../policy/decide.ts";
import { readPolicy } from "../policy/document.ts";
import type { Circumstances, Decision, DecisionFacts, Policy } from "../policy/policy.ts";
import { factsOf } from "../request/facts.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { readDocument } from "./policy.ts";
import { askOf } from "./typed-operation.ts";

/** `countersign policy test FILE`: asks a policy every question of a file, and exits 1 when an answer is another. */
export async function testPolicy(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageFault("which file? `countersign policy test FILE`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one file at a time`);
  const tried = tryCases(file);
  const wrong = tried.filter(({ fault }) => fault !== undefined);
  for (const { title, fault } of wrong) process.stdout.write(`${title}\n  ${fault}\n`);
  process.stdout.write(`${file}: ${tried.length - wrong.length} of ${tried.length} cases hold\n`);
  return wrong.length === 0 ? ending.well : ending.ill;
}

/** One case: what it is about, and what came out of it where that was not what was expected. */
interface Tried {
  readonly title: string;
  readonly fault?: string;
}

/** Tries every case of a file; the policy's file is named from where this one lies. Throws for a file it cannot read. */
export function tryCases(file: string): readonly Tried[] {
  const document = readDocument(file, readCases);
  const policy = readDocument(resolve(dirname(file), document.policy), readPolicy);
  return document.cases.map((one) => {
    const title = titleOf(one);
    const fault = faultOf(one, document, policy);
    return fault === undefined ? { title } : { title, fault };
  });
}

function titleOf({ name, as, command, at, expect }: PolicyCase): string {
  const when = at === undefined ? "" : ` at ${new Date(at).toISOString()}`;
  return `${name === undefined ? "" : `${name}: `}${as} asks \`${command}\`${when}: ${expect}`;
}

function faultOf(one: PolicyCase, document: CaseDocument, policy: Policy): string | undefined {
  const decision = decideCase(one, document, policy);
  if (typeof decision === "string") return decision;
  const answer = decision.allowed ? decision.tier : "denied";
  const rules = decision.allowed ? decision.rules : [decision.rule];
  const cameOut = `it is ${answer}, by: ${rules.join(", ")}`;
  if (answer !== one.expect) return decision.allowed ? cameOut : `${cameOut}. ${decision.says}`;
  return one.rule === undefined || rules.includes(one.rule) ? undefined : `${cameOut}; not by ${one.rule}`;
}

function decideCase(one: PolicyCase, document: CaseDocument, policy: Policy): Decision | string {
  const { people } = document;
  const cluster = one.cluster ?? document.cluster;
  if (cluster === undefined) return "it names no cluster, and neither does the file";
  const groups = one.groups ?? (Object.hasOwn(people, one.as) ? people[one.as] : undefined);
  if (!groups) return `nobody said which groups ${one.as} is in: \`groups\`, or \`people\` of the file`;
  const { plan, circumstances } = factsOfCase(one, document);
  try {
    const { operation, breakGlass } = askOf(one.command, cluster, policy.runbooks);
    const said = { ...circumstances, ...(breakGlass ? { breakGlass } : {}) };
    return decide(policy, factsOf(operation, { sub: one.as, groups }, plan, said));
  } catch (fault) {
    if (fault instanceof UsageFault) return fault.message;
    throw fault;
  }
}

/** What is known in a case: what it says, or what the document says of all, but for what nobody knows. */
function factsOfCase({ at, facts, unknown }: PolicyCase, document: CaseDocument) {
  const { pods, labels = {}, namespaces, channel, unusual, slackGroups } = { ...document.facts, ...facts };
  const now = at ?? document.at;
  const known = (what: PolicyCase["unknown"][number]) => !unknown.includes(what);
  const plan: DecisionFacts["plan"] =
    pods !== undefined && known("object")
      ? { replicas: pods, labels, ...(namespaces ? { namespaces } : {}) }
      : "unknown";
  const circumstances: Circumstances = {
    ...(now !== undefined && known("time") ? { now } : {}),
    ...(channel !== undefined && known("channel") ? { channel } : {}),
    ...(slackGroups ? { slackGroups } : {}),
    ...(unusual && known("unusual") ? { unusual } : {}),
  };
  return { plan, circumstances };
}
