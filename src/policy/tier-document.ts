import { z } from "zod";
import { parseSpan, spanShape } from "../operation/span.ts";
import { authenticatorNames, boundAuthenticators, countingAuthenticators } from "./authenticator.ts";
import type { Requirements, StepUp, Tier } from "./policy.ts";
import { present } from "./present.ts";

const day = 24 * 3_600_000;

/** At most 24 h, since an older proof is no proof of presence. */
export const duration = z
  .string()
  .transform((text) => parseSpan(text))
  .refine((ms) => ms !== undefined, `a duration looks like ${spanShape}`)
  .transform((ms) => ms ?? 0)
  .refine((ms) => ms > 0 && ms <= day, "a duration is more than 0 and at most 24h");

export const matching = (shape: RegExp, says: string) => z.array(z.string().regex(shape, says)).min(1);
const groups = matching(/^(?!group:)[^*]+$/, "approvers are written as the name of a group alone");
const stepUp = z.strictObject({
  within: duration.optional(),
  bound: z.literal(true).optional(),
  by: z.array(z.enum(authenticatorNames)).min(1).optional(),
});
export const tier = z.strictObject({
  stepUp: stepUp.optional(),
  approvals: z.strictObject({ count: z.int().min(1).max(10), from: groups, stepUp: stepUp.optional() }).optional(),
  deny: z.string().min(1).optional(),
});
/** A tier as it is written. */
export type WrittenTier = z.infer<typeof tier>;

export function tierOf([name, written]: [string, WrittenTier]): Tier {
  const { stepUp, approvals, deny } = written;
  const requirements = present<Requirements>({
    stepUp: stepUp && present<StepUp>(stepUp),
    approvals: approvals && present({ ...approvals, stepUp: approvals.stepUp && present<StepUp>(approvals.stepUp) }),
  });
  return present<Tier>({ name, requirements, deny });
}

/** What is wrong with the tiers together, and where in them. */
export function faultsOfTiers(
  tiers: Readonly<Record<string, WrittenTier>>,
): readonly { readonly path: readonly PropertyKey[]; readonly says: string }[] {
  const faults: { path: readonly PropertyKey[]; says: string }[] = [];
  const say = (path: readonly PropertyKey[], says: string) => faults.push({ path, says });
  for (const [name, { deny, stepUp, approvals }] of Object.entries(tiers))
    if (deny !== undefined && (stepUp || approvals))
      say([name], `the tier "${name}" denies; what else it asks for means nothing`);
  for (const [name, { stepUp: own, approvals }] of Object.entries(tiers))
    for (const [path, written] of [
      [["stepUp"], own],
      [["approvals", "stepUp"], approvals?.stepUp],
    ] as const) {
      const fault = written && stepUpFault(written);
      if (fault) say([name, ...path], fault);
    }
  Object.entries(tiers).forEach(([name, written], i, all) => {
    for (const [weaker, before] of all.slice(0, i)) {
      const less = lessThan(written, before);
      if (less) say([name], `the tier "${name}" stands behind "${weaker}" and asks for less: ${less}`);
    }
  });
  return faults;
}

/** In what a tier asks for less than one before it, whose bar a raise to it would then lower. */
function lessThan(tier: WrittenTier, before: WrittenTier): string | undefined {
  if (tier.deny !== undefined) return undefined;
  if (before.deny !== undefined) return "it does not deny";
  const weaker = weakerProof(tier.stepUp, before.stepUp);
  if (weaker) return weaker;
  if ((tier.approvals?.count ?? 0) < (before.approvals?.count ?? 0)) return "fewer approvals";
  const ofApprovers = before.approvals && weakerProof(tier.approvals?.stepUp, before.approvals.stepUp);
  return ofApprovers && `${ofApprovers} of its approvers`;
}

type WrittenStepUp = NonNullable<WrittenTier["stepUp"]>;

/** What could never be given, or says two things. */
function stepUpFault({ within, bound, by }: WrittenStepUp): string | undefined {
  if (!bound) return undefined;
  if (within !== undefined) return "a bound proof names this very plan, so none that was given within a while counts";
  if (by && !by.some((name) => boundAuthenticators.includes(name)))
    return `a bound proof is given by ${boundAuthenticators.join(" or ")} alone`;
  return undefined;
}

/** In what a proof asked for is less than the one before it. */
function weakerProof(after: WrittenStepUp | undefined, before: WrittenStepUp | undefined): string | undefined {
  if (age(after) > age(before)) return "no proof as fresh";
  if (before?.bound && !after?.bound) return "no bound proof";
  const weakest = weakestBy(after);
  return weakest < weakestBy(before) ? `a proof by ${authenticatorNames[weakest]} too` : undefined;
}

/** The place of the weakest authenticator that counts. */
function weakestBy(stepUp: WrittenStepUp = {}): number {
  return Math.min(...countingAuthenticators(stepUp).map((name) => authenticatorNames.indexOf(name)));
}

/** How old a proof may be, in ms: 0 = for the very request, Infinity = none is asked for. */
function age(stepUp: WrittenStepUp | undefined): number {
  return stepUp ? (stepUp.within ?? 0) : Number.POSITIVE_INFINITY;
}
