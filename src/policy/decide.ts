import { canonical } from "../audit/canonical.ts";
import { catalogue } from "../operation/catalogue.ts";
import { isAt, parseImage } from "../operation/image.ts";
import type { OperationKind } from "../operation/operation.ts";
import { stepReader } from "../operation/parse.ts";
import { isRefusal } from "../operation/refusal.ts";
import { resolveRun } from "../operation/run.ts";
import { spanInWords } from "../operation/span.ts";
import { refuseFields } from "./fields.ts";
import type { Allowed, Decision, DecisionFacts, Denied, Permit, Policy, Raise, Tier } from "./policy.ts";
import type { Subject } from "./subject.ts";

/**
 * The highest tier that a permit starts at or a raise lifts to. Only a permit allows; no permit is a denial.
 * Monotone: one more raise, or one fact less, never asks for less. A runbook takes a permit of its own and what each of
 * its steps takes: it never allows what they would not.
 */
export function decide(policy: Policy, facts: DecisionFacts): Decision {
  const whole = refuseRunbook(policy, facts) ?? decideOne(policy, facts);
  const { runbook } = facts;
  if (!runbook || !whole.allowed) return whole;
  let top: Allowed = whole;
  const rules = [...whole.rules];
  for (const [i, step] of runbook.steps.entries()) {
    const decision = decideOne(policy, step);
    const title = `Step ${i + 1} (${step.operation}): `;
    if (!decision.allowed) return { ...decision, says: `${title}${decision.says}` };
    rules.push(...decision.rules);
    if (rank(policy, decision.tier) > rank(policy, top.tier)) top = decision;
  }
  return { ...top, rules: [...new Set(rules)] };
}

/** The runbook of the record is none until the policy that decides has the very same. */
function refuseRunbook(policy: Policy, { runbook, cluster }: DecisionFacts): Denied | undefined {
  if (!runbook) return undefined;
  const { name, parameters, steps } = runbook.operation;
  const written = policy.runbooks?.find((one) => one.name === name);
  const meant = written && resolveRun(written, parameters, cluster, stepReader(cluster));
  if (meant && !isRefusal(meant) && canonical(meant.steps) === canonical(steps)) return undefined;
  return {
    allowed: false,
    rule: "runbooks",
    says: `The policy has no runbook ${name} of these steps.`,
    remedy: "Ask again: `run` lists what there is.",
    policy: policy.revision,
  };
}

function decideOne(policy: Policy, facts: DecisionFacts): Decision {
  const permits = policy.permit.filter((permit) => permitHolds(permit, facts));
  if (permits.length === 0)
    return {
      allowed: false,
      rule: "no permit",
      says: `No rule permits ${facts.subject.sub} to ask for ${facts.operation}.`,
      remedy: whoMay(policy, facts.operation),
      policy: policy.revision,
    };
  const notOffered = refuseElevation(policy, facts);
  if (notOffered) return notOffered;
  const stray = refuseImages(policy, facts);
  if (stray) return stray;
  const forbidden = refuseFields(policy, facts);
  if (forbidden) return forbidden;
  // Several permits: the one that starts lowest counts, for each of them alone would allow it.
  const start = permits.reduce((low, permit) => (rank(policy, permit.tier) < rank(policy, low.tier) ? permit : low));
  const raises = policy.raise.filter((raise) => raiseHolds(raise, facts));
  const top = [start, ...raises].reduce((high, rule) =>
    rank(policy, rule.tier) > rank(policy, high.tier) ? rule : high,
  );
  const tier = tierOf(policy, top.tier);
  if (tier.deny !== undefined)
    return {
      allowed: false,
      rule: top.name,
      says: `The rule "${top.name}" refuses this: ${tier.deny}.`,
      remedy: "No proof or approval changes that; the policy's owners can.",
      policy: policy.revision,
    };
  const rules = [start, ...raises].map((rule) => rule.name);
  return { allowed: true, tier: tier.name, requirements: tier.requirements, rules, policy: policy.revision };
}

/** What is not on the list is not given, whoever asks and whatever it takes. */
function refuseElevation(
  { elevations, revision }: Policy,
  { operation, elevation }: DecisionFacts,
): Denied | undefined {
  if (operation !== "elevate") return undefined;
  const no = (says: string, remedy: string): Denied => ({
    ...{ allowed: false, rule: "elevations" },
    ...{ says, remedy, policy: revision },
  });
  if (!elevations)
    return no(
      "The policy offers no role for a while.",
      "Its owners can: `elevations: { roles: [view], longest: 1h }`.",
    );
  // Asked about in general: some role is offered.
  if (!elevation) return undefined;
  if (!elevations.roles.includes(elevation.role))
    return no(
      `The policy does not offer the role ${elevation.role} for a while.`,
      `It offers: ${elevations.roles.join(", ")}.`,
    );
  if (elevation.ms > elevations.longest)
    return no(
      `The policy offers no role for as long as ${spanInWords(elevation.ms)}.`,
      `Ask for at most ${spanInWords(elevations.longest)}.`,
    );
  return undefined;
}

function permitHolds(permit: Permit, facts: DecisionFacts): boolean {
  return matchesSubject(permit.subjects, facts.subject) && matchesOperation(permit.operations, facts.operation);
}

function raiseHolds(raise: Raise, facts: DecisionFacts): boolean {
  if (raise.subjects && !matchesSubject(raise.subjects, facts.subject)) return false;
  if (raise.operations && !matchesOperation(raise.operations, facts.operation)) return false;
  if (raise.clusters && !raise.clusters.some((pattern) => glob(pattern, facts.cluster))) return false;
  const { namespaces } = raise;
  // Where it would act is not known without its plan, so any namespace may be meant.
  const anywhere = catalogue[facts.operation].spreads === true && facts.plan === "unknown";
  if (namespaces && !anywhere && !facts.namespaces.some((place) => namespaces.some((pattern) => glob(pattern, place))))
    return false;
  // Without a name the operation reaches every object of the namespace, so any pattern may be meant.
  if (raise.names && facts.name !== undefined && !raise.names.some((pattern) => glob(pattern, facts.name ?? "")))
    return false;
  return raisesByElevation(raise, facts) && raisesByPlan(raise, facts.plan);
}

function raisesByElevation({ roles, longerThan }: Raise, { operation, elevation }: DecisionFacts): boolean {
  if (roles === undefined && longerThan === undefined) return true;
  // Of an elevation that is not known it may be any role, for any time.
  if (!elevation) return operation === "elevate";
  if (roles && !roles.some((pattern) => glob(pattern, elevation.role))) return false;
  return longerThan === undefined || elevation.ms > longerThan;
}

function raisesByPlan(raise: Raise, plan: DecisionFacts["plan"]): boolean {
  if (raise.labels === undefined && raise.replicasOver === undefined) return true;
  if (plan === "not-yet") return false;
  if (plan === "unknown") return true;
  if (raise.replicasOver !== undefined && !(plan.replicas > raise.replicasOver)) return false;
  return Object.entries(raise.labels ?? {}).every(([label, values]) => {
    const value = Object.hasOwn(plan.labels, label) ? plan.labels[label] : undefined;
    return value !== undefined && values.some((pattern) => glob(pattern, value));
  });
}

/** `group:NAME`, a subject's identifier, or `*`. */
export function matchesSubject(patterns: readonly string[], subject: Subject): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith("group:")
      ? subject.groups.includes(pattern.slice("group:".length))
      : pattern === "*" || pattern === subject.sub,
  );
}

function matchesOperation(patterns: readonly string[], operation: OperationKind): boolean {
  return patterns.some((pattern) => pattern === operation || pattern === catalogue[operation].group);
}

/** `*` stands for any run of characters; everything else for itself. */
function glob(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** A tier that denies is above all others wherever it stands, so that no raise leads past it. */
function rank(policy: Policy, name: string): number {
  const tier = tierOf(policy, name);
  return tier.deny === undefined ? policy.tiers.indexOf(tier) : policy.tiers.length;
}

function tierOf(policy: Policy, name: string): Tier {
  const tier = policy.tiers.find((candidate) => candidate.name === name);
  if (!tier) throw new Error(`policy ${policy.revision} names the tier "${name}" and does not define it`);
  return tier;
}

function refuseImages(policy: Policy, { images = [] }: DecisionFacts): Denied | undefined {
  const stray = images.find((image) => !isAllowed(policy, image));
  if (stray === undefined) return undefined;
  return {
    allowed: false,
    rule: "images",
    says: `The policy allows no image ${stray}.`,
    remedy: whichImages(policy),
    policy: policy.revision,
  };
}

/** What cannot be read is allowed nowhere. */
function isAllowed({ images = [] }: Policy, text: string): boolean {
  const image = parseImage(text);
  return !("wrong" in image) && images.some((place) => isAt(image, place));
}

function whichImages({ images = [] }: Policy): string {
  if (images.length === 0) return "It allows none yet: its owners can, under `images`.";
  return `Allowed are those at: ${images.map(({ registry, path }) => `${registry}${path === "" ? "" : `/${path}`}`).join(", ")}.`;
}

function whoMay(policy: Policy, operation: OperationKind): string {
  const names = policy.permit
    .filter((permit) => matchesOperation(permit.operations, operation))
    .flatMap((permit) => permit.subjects);
  if (names.length === 0) return `Nobody may ask for ${operation} here.`;
  return `Permitted are: ${[...new Set(names)].map((name) => name.replace(/^group:/, "the group ")).join(", ")}.`;
}
