import { canonical } from "../audit/canonical.ts";
import { isAt, parseImage } from "../operation/image.ts";
import type { OperationKind } from "../operation/operation.ts";
import { stepReader } from "../operation/parse.ts";
import { isRefusal } from "../operation/refusal.ts";
import { resolveRun } from "../operation/run.ts";
import { spanInWords } from "../operation/span.ts";
import { breakTheGlass, isBreakGlass } from "./break-glass.ts";
import { knownFacts } from "./condition-facts.ts";
import { refuseFields } from "./fields.ts";
import { matchesOperation, permitHolds, raiseHolds } from "./matching.ts";
import type { Allowed, Decision, DecisionFacts, Denied, Permit, Policy, Raise, Requirements, Tier } from "./policy.ts";
import { asksForBoundProof, bySlackGroup, slackGroupsOf } from "./slack-groups.ts";

/**
 * The highest tier that a permit starts at or a raise lifts to. Only a permit allows; no permit is a denial.
 * Monotone: one more raise, or one fact less, never asks for less. A user group of Slack's lets those ask whom nothing else
 * permits, and lowers nothing for others; what asks for bound proof rests on none. Whoever breaks the glass is first decided
 * on like everybody else: what is denied stays denied, and only then a rule that names them leads into its tier.
 */
export function decide(policy: Policy, facts: DecisionFacts): Decision {
  const usual = decideUsual(policy, facts);
  if (!usual.allowed || !facts.breakGlass) return usual;
  return usual.rules.includes(bySlackGroup)
    ? restsOnSlack(policy, "A user group in Slack lets nobody break the glass.")
    : breakTheGlass(policy, facts, usual);
}

function decideUsual(policy: Policy, facts: DecisionFacts): Decision {
  const byDirectory = decideWhole(policy, facts, []);
  const groups = slackGroupsOf(policy, facts);
  if (byDirectory.allowed || byDirectory.rule !== noPermit || groups.length === 0) return byDirectory;
  const decision = decideWhole(policy, facts, groups);
  if (!decision.allowed) return decision;
  if (!asksForBoundProof(decision.requirements)) return { ...decision, rules: [...decision.rules, bySlackGroup] };
  return restsOnSlack(
    policy,
    `In the tier ${decision.tier}, a user group in Slack lets nobody ask for ${facts.operation}.`,
  );
}

function restsOnSlack(policy: Policy, says: string): Denied {
  return {
    allowed: false,
    rule: bySlackGroup,
    says,
    remedy: "Ask somebody whom the directory lists in a group that may.",
    policy: policy.revision,
  };
}

/** A runbook takes a permit of its own and what each of its steps takes: it never allows what they would not. */
function decideWhole(policy: Policy, facts: DecisionFacts, besides: readonly string[]): Decision {
  const whole = refuseRunbook(policy, facts) ?? decideOne(policy, facts, besides);
  const { runbook } = facts;
  if (!runbook || !whole.allowed) return whole;
  let top: Allowed = whole;
  const rules = [...whole.rules];
  for (const [i, step] of runbook.steps.entries()) {
    const decision = decideOne(policy, step, besides);
    const title = `Step ${i + 1} (${step.operation}): `;
    if (!decision.allowed) return { ...decision, says: `${title}${decision.says}` };
    rules.push(...decision.rules);
    if (rank(policy, decision.tier) > rank(policy, top.tier)) top = decision;
  }
  return { ...top, rules: [...new Set(rules)] };
}

/**
 * What the tier that was reached before asks for now, while it is no lower than the one reached now: a bar that was met
 * stays met when the next one is lower. Undefined where it is lower, or is no tier any more. Tiers of break-glass stand
 * beside the others: none of those is met by them, nor the other way round.
 */
export function stillAsked(policy: Policy, tier: string, { tier: reached }: Allowed): Requirements | undefined {
  const held = policy.tiers.find(({ name }) => name === tier);
  const now = tierOf(policy, reached);
  if (!held || held.deny !== undefined || isBreakGlass(held) !== isBreakGlass(now)) return undefined;
  return policy.tiers.indexOf(held) < policy.tiers.indexOf(now) ? undefined : held.requirements;
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

const noPermit = "no permit";

function decideOne(policy: Policy, facts: DecisionFacts, besides: readonly string[]): Decision {
  const permits = policy.permit.filter((permit) => permitHolds(permit, facts, besides));
  if (permits.length === 0)
    return {
      allowed: false,
      rule: noPermit,
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
  const known = policy.raise.some(({ when }) => when) ? knownFacts(policy, facts) : {};
  const raises = policy.raise.filter((raise) => raiseHolds(raise, facts, known));
  const reached: readonly (Permit | Raise)[] = [start, ...raises];
  const top = reached.reduce((high, rule) => (rank(policy, rule.tier) > rank(policy, high.tier) ? rule : high));
  const tier = tierOf(policy, top.tier);
  if (tier.deny !== undefined)
    return {
      allowed: false,
      rule: top.name,
      says: `The rule "${top.name}" refuses this: ${tier.deny}.`,
      remedy: remedyOf(top),
      policy: policy.revision,
    };
  if (isBreakGlass(tier))
    return {
      allowed: false,
      rule: top.name,
      says: `The rule "${top.name}" leads into ${tier.name}, a tier of break-glass, which no rule may.`,
      remedy: "The policy's owners must mend it.",
      policy: policy.revision,
    };
  const rules = reached.map((rule) => rule.name);
  return { allowed: true, tier: tier.name, requirements: tier.requirements, rules, policy: policy.revision };
}

function remedyOf(rule: Permit | Raise): string {
  const until = "during" in rule ? rule.during?.to : undefined;
  return until === undefined
    ? "No proof or approval changes that; the policy's owners can."
    : `It is over at ${new Date(until).toISOString()}; no proof or approval changes it before.`;
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

/** A tier that denies is above all others wherever it stands, so that no raise leads past it; nor past one of break-glass. */
function rank(policy: Policy, name: string): number {
  const tier = tierOf(policy, name);
  return tier.deny === undefined && !isBreakGlass(tier) ? policy.tiers.indexOf(tier) : policy.tiers.length;
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
