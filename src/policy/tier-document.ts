import { z } from "zod";
import { authenticatorNames, boundAuthenticators, countingAuthenticators } from "./authenticator.ts";
import { breakGlass, faultsOfBreakGlass } from "./break-glass-document.ts";
import type { ApprovalRule, ReasonRule, Requirements, StepUp, Tier } from "./policy.ts";
import { present } from "./present.ts";
import { channel, duration, groupsFor, matching } from "./shapes.ts";

const groups = groupsFor("approvers are");

const stepUp = z.strictObject({
  within: duration.optional(),
  reuse: duration.optional(),
  bound: z.literal(true).optional(),
  by: z.array(z.enum(authenticatorNames)).min(1).optional(),
});
const stageSchema = z.strictObject({
  count: z.int().min(1).max(10),
  from: groups,
  stepUp: stepUp.optional(),
  remind: duration.optional(),
  escalate: z
    .strictObject({
      after: duration,
      to: matching(
        /^([CG][A-Z0-9]+|group:[^*]+)$/,
        "it is escalated to a channel by its id in Slack, such as C0123ABC, or to group:NAME",
      ).max(5),
    })
    .optional(),
});
export const tier = z.strictObject({
  stepUp: stepUp.optional(),
  /** One stage alone. */
  approvals: stageSchema.optional(),
  /** Several, in order. */
  stages: z.array(stageSchema).min(2).max(5).optional(),
  reason: z
    .strictObject({
      minLength: z.int().min(1).max(200).optional(),
      tickets: matching(
        /^[A-Z][A-Z0-9]{0,9}$/,
        "a ticket is named by the letters before its dash, such as OPS",
      ).optional(),
    })
    .optional(),
  notify: z.array(channel).min(1).max(5).optional(),
  expires: duration.optional(),
  window: duration.optional(),
  breakGlass: breakGlass.optional(),
  deny: z.string().min(1).optional(),
});
/** A tier as it is written. */
export type WrittenTier = z.infer<typeof tier>;
type WrittenStage = z.infer<typeof stageSchema>;

export function tierOf([name, written]: [string, WrittenTier]): Tier {
  const { stepUp, deny, reason, notify, expires, window, breakGlass } = written;
  const [first, ...next] = writtenStages(written).map(ruleOf);
  const requirements = present<Requirements>({
    stepUp: stepUp && present<StepUp>(stepUp),
    approvals: first && (next.length > 0 ? { ...first, next } : first),
    reason: reason && present<ReasonRule>(reason),
    notify,
    expires,
    window,
    breakGlass,
  });
  return present<Tier>({ name, requirements, deny });
}

function ruleOf({ stepUp, ...stage }: WrittenStage): ApprovalRule {
  return present<ApprovalRule>({ ...stage, stepUp: stepUp && present<StepUp>(stepUp) });
}

/** The stages in which a tier asks for approvals, however they are written. */
export function writtenStages({ approvals, stages }: WrittenTier): readonly WrittenStage[] {
  return stages ?? (approvals ? [approvals] : []);
}

/** What is wrong with the tiers together, and where in them. */
export function faultsOfTiers(
  tiers: Readonly<Record<string, WrittenTier>>,
): readonly { readonly path: readonly PropertyKey[]; readonly says: string }[] {
  const faults: { path: readonly PropertyKey[]; says: string }[] = [];
  const say = (path: readonly PropertyKey[], says: string) => faults.push({ path, says });
  for (const [name, { deny, ...asked }] of Object.entries(tiers)) {
    const { stepUp, approvals, stages } = asked;
    if (deny !== undefined && Object.values(asked).some((one) => one !== undefined))
      say([name], `the tier "${name}" denies; what else it asks for means nothing`);
    if (approvals && stages) say([name, "stages"], "write either `approvals`, for one stage, or `stages`");
    for (const [path, written] of [
      [["stepUp"], stepUp],
      [["approvals", "stepUp"], approvals?.stepUp],
      ...(stages ?? []).map((one, i) => [["stages", i, "stepUp"], one.stepUp] as const),
    ] as const) {
      const fault = written && stepUpFault(written);
      if (fault) say([name, ...path], fault);
    }
    for (const [path, stage] of [
      [["approvals"], approvals],
      ...(stages ?? []).map((one, i) => [["stages", i], one] as const),
    ] as const) {
      const fault = stage && callFault(stage, asked.expires);
      if (fault) say([name, ...path, fault[0]], fault[1]);
    }
    if (asked.breakGlass) for (const { path, says } of faultsOfBreakGlass(asked)) say([name, ...path], says);
  }
  Object.entries(tiers).forEach(([name, written], i, all) => {
    for (const [weaker, before] of all.slice(0, i)) {
      const less = sameKind(written, before) ? lessThan(written, before) : undefined;
      if (less) say([name], `the tier "${name}" stands behind "${weaker}" and asks for less: ${less}`);
    }
    if (!written.breakGlass) return;
    for (const [other, usual] of all) {
      const less = usual.breakGlass || usual.deny !== undefined ? undefined : lessButApprovals(written, usual);
      if (less) say([name], `who breaks the glass into "${name}" is asked for less than in "${other}": ${less}`);
    }
  });
  return faults;
}

/** Tiers of break-glass stand beside the others, wherever they are written: no rule leads from one kind to the other. */
function sameKind(tier: WrittenTier, other: WrittenTier): boolean {
  return (tier.breakGlass === undefined) === (other.breakGlass === undefined);
}

/** In what a tier asks for less than one before it, whose bar a raise to it would then lower. */
function lessThan(tier: WrittenTier, before: WrittenTier): string | undefined {
  if (tier.deny !== undefined) return undefined;
  if (before.deny !== undefined) return "it does not deny";
  if ((tier.breakGlass?.review ?? 0) > (before.breakGlass?.review ?? 0)) return "more time until the review";
  return lessButApprovals(tier, before) ?? weakerApprovals(proofsOfApprovers(tier), proofsOfApprovers(before));
}

function lessButApprovals(tier: WrittenTier, before: WrittenTier): string | undefined {
  return weakerProof(tier.stepUp, before.stepUp) ?? looserBounds(tier, before);
}

/** In what a tier leaves more time, or is content with a reason that is less. */
function looserBounds(tier: WrittenTier, before: WrittenTier): string | undefined {
  if ((tier.expires ?? Infinity) > (before.expires ?? Infinity)) return "more time until the grant (`expires`)";
  if (!(before.notify ?? []).every((one) => tier.notify?.includes(one)))
    return "fewer channels that are told (`notify`)";
  if ((tier.window ?? Infinity) > (before.window ?? Infinity)) return "more time to begin (`window`)";
  if ((tier.reason?.minLength ?? 0) < (before.reason?.minLength ?? 0)) return "a shorter reason";
  const { tickets } = before.reason ?? {};
  if (tickets && !(tier.reason?.tickets ?? [""]).every((prefix) => tickets.includes(prefix)))
    return `a reason without a ticket of ${tickets.join(" or ")}`;
  return undefined;
}

/** What each approval that is asked for must come with, in the order they are given. */
function proofsOfApprovers(tier: WrittenTier): readonly (WrittenStepUp | undefined)[] {
  return writtenStages(tier).flatMap(({ count, stepUp }) => Array.from({ length: count }, () => stepUp));
}

/** Each approval of the one before has one of its own that asks for no less; they are paired from the last. */
function weakerApprovals(
  after: readonly (WrittenStepUp | undefined)[],
  before: readonly (WrittenStepUp | undefined)[],
): string | undefined {
  if (after.length < before.length) return "fewer approvals";
  const more = after.length - before.length;
  for (const [i, proof] of before.entries()) {
    const weaker = weakerProof(after[i + more], proof);
    if (weaker) return `${weaker} of its approvers`;
  }
  return undefined;
}

type WrittenStepUp = NonNullable<WrittenTier["stepUp"]>;

/** What could never be given, or says two things. */
function stepUpFault({ within, reuse, bound, by }: WrittenStepUp): string | undefined {
  if (within !== undefined && reuse !== undefined)
    return "write either `within`, for a proof of any request, or `reuse`, for one of the same tier and object";
  if (!bound) return undefined;
  if (within !== undefined || reuse !== undefined)
    return "a bound proof names this very plan, so none that was given within a while counts";
  if (by && !by.some((name) => boundAuthenticators.includes(name)))
    return `a bound proof is given by ${boundAuthenticators.join(" or ")} alone`;
  return undefined;
}

/** A reminder or an escalation that would never come, or come in the wrong order. Neither is a bar, so no tier need have one. */
function callFault(
  { remind, escalate }: WrittenStage,
  expires = Number.POSITIVE_INFINITY,
): readonly [at: "remind" | "escalate", says: string] | undefined {
  const late = "the request has lapsed by then (`expires`)";
  if ((remind ?? 0) >= expires) return ["remind", late];
  if ((escalate?.after ?? 0) >= expires) return ["escalate", late];
  if (escalate && (remind ?? 0) >= escalate.after) return ["remind", "it has been escalated by then"];
  return undefined;
}

/** In what a proof asked for is less than the one before it. */
function weakerProof(after: WrittenStepUp | undefined, before: WrittenStepUp | undefined): string | undefined {
  if (ageOfAny(after) > ageOfAny(before) || ageOfSame(after) > ageOfSame(before)) return "no proof as fresh";
  if (before?.bound && !after?.bound) return "no bound proof";
  const weakest = weakestBy(after);
  return weakest < weakestBy(before) ? `a proof by ${authenticatorNames[weakest]} too` : undefined;
}

/** The place of the weakest authenticator that counts. */
function weakestBy(stepUp: WrittenStepUp = {}): number {
  return Math.min(...countingAuthenticators(stepUp).map((name) => authenticatorNames.indexOf(name)));
}

/** How old a proof for anything else may be, in ms: 0 = only one for the very request, Infinity = none is asked for. */
function ageOfAny(stepUp: WrittenStepUp | undefined): number {
  return stepUp ? (stepUp.within ?? 0) : Number.POSITIVE_INFINITY;
}

/** The same of one for the same objects, in the same tier. */
function ageOfSame(stepUp: WrittenStepUp | undefined): number {
  return Math.max(ageOfAny(stepUp), stepUp?.reuse ?? 0);
}
