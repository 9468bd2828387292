import { z } from "zod";
import { sha256 } from "../audit/canonical.ts";
import { catalogue } from "../operation/catalogue.ts";
import { isNeverGiven, longestElevation } from "../operation/elevation.ts";
import { parseImagePlace } from "../operation/image.ts";
import { isKeyPattern, reserved } from "../operation/label-key.ts";
import { parseName } from "../operation/name.ts";
import { type PatchedKind, patchable } from "../operation/patchable.ts";
import { mostSteps, plainWord } from "../operation/runbook.ts";
import { parseSpan, spanShape, spokenSpan } from "../operation/span.ts";
import { authenticatorNames, boundAuthenticators } from "./authenticator.ts";
import type { AllowedFields, Permit, Policy, Raise, Requirements, StepUp, Tier } from "./policy.ts";
import { faultsOfRunbook } from "./runbook-faults.ts";
import { type DocumentFault, type Locate, readYaml } from "./yaml-document.ts";

const day = 24 * 3_600_000;

/** At most 24 h, since an older proof is no proof of presence. */
const duration = z
  .string()
  .transform((text) => parseSpan(text))
  .refine((ms) => ms !== undefined, `a duration looks like ${spanShape}`)
  .transform((ms) => ms ?? 0)
  .refine((ms) => ms > 0 && ms <= day, "a duration is more than 0 and at most 24h");

const stepUp = z.strictObject({
  within: duration.optional(),
  bound: z.literal(true).optional(),
  by: z.array(z.enum(authenticatorNames)).min(1).optional(),
});
const words = z.array(z.string().min(1)).min(1);
const matching = (shape: RegExp, says: string) => z.array(z.string().regex(shape, says)).min(1);
// What could never match is a fault: of a raise it would be a bar that never rises.
const people = matching(/^(\*|group:[^*]+|[\w.@|-]+)$/, "people are written as a subject, group:NAME or *");
const groups = matching(/^(?!group:)[^*]+$/, "approvers are written as the name of a group alone");
const objects = matching(
  /^[a-z0-9.*-]+$/,
  "names in Kubernetes are lower-case letters, digits, dots and dashes, and * here",
);
const tier = z.strictObject({
  stepUp: stepUp.optional(),
  approvals: z.strictObject({ count: z.int().min(1).max(10), from: groups, stepUp: stepUp.optional() }).optional(),
  deny: z.string().min(1).optional(),
});
const permit = z.strictObject({ name: z.string().min(1), subjects: people, operations: words, tier: z.string() });
const raise = z.strictObject({
  name: z.string().min(1),
  operations: words.optional(),
  subjects: people.optional(),
  clusters: words.optional(),
  namespaces: objects.optional(),
  names: objects.optional(),
  labels: z.record(z.string().min(1), words).optional(),
  replicasOver: z.int().min(0).optional(),
  roles: objects.optional(),
  longerThan: duration.optional(),
  tier: z.string(),
});
const elevations = z.strictObject({
  roles: z
    .array(z.string().refine((role) => parseName(role) !== undefined, "a role is the name of a ClusterRole"))
    .min(1),
  longest: duration.refine(
    (ms) => ms <= longestElevation,
    `no elevation lasts more than ${spokenSpan(longestElevation)}`,
  ),
});
// Exact, and never a pattern: a registry that only ends like ours is somebody else's.
const imagePlace = z.string().transform((text, context) => {
  const place = parseImagePlace(text);
  if (place) return place;
  context.addIssue({
    code: "custom",
    message: "a place of images is written registry.example or registry.example/team",
  });
  return z.NEVER;
});
const word = z.string().regex(plainWord, "a word of letters, digits and . _ : / @ -");
const parameter = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("name") }),
  z.strictObject({ type: z.literal("namespace") }),
  z.strictObject({ type: z.literal("number"), least: z.int().min(0), most: z.int().max(999_999_999) }),
  z.strictObject({ type: z.literal("choice"), of: z.array(word).min(1).max(50) }),
]);
const runbookName = /^[a-z][a-z0-9-]{0,39}$/;
const runbook = z.strictObject({
  summary: z.string().min(1).max(100),
  parameters: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), parameter).default({}),
  steps: z.array(z.string().min(1)).min(1).max(mostSteps),
});
const keys = z.array(
  z
    .string()
    .refine(
      isKeyPattern,
      `a key is written team, example.com/team or example.com/*, and is never one of ${reserved.join(", ")}`,
    ),
);
const fieldsOf = (kind: PatchedKind) => z.array(z.enum(Object.keys(patchable[kind]))).optional();
const fields = z.strictObject({
  patch: z
    .strictObject({
      Deployment: fieldsOf("Deployment"),
      StatefulSet: fieldsOf("StatefulSet"),
      DaemonSet: fieldsOf("DaemonSet"),
    })
    .optional(),
  label: keys.optional(),
  annotate: keys.optional(),
});
const schema = z.strictObject({
  tiers: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), tier),
  permit: z.array(permit),
  raise: z.array(raise).default([]),
  elevations: elevations.optional(),
  fields: fields.optional(),
  images: z.strictObject({ allow: z.array(imagePlace).min(1) }).optional(),
  runbooks: z
    .record(z.string().regex(runbookName, "a runbook is named by lower-case letters, digits and dashes"), runbook)
    .optional(),
});
type Document = z.infer<typeof schema>;

/** Reads a policy document (design section 4), or says everything that is wrong with it, with line and column. */
export function readPolicy(text: string): Policy | { readonly faults: readonly DocumentFault[] } {
  const reading = readYaml(text, schema);
  if ("faults" in reading) return reading;
  const faults = faultsOf(reading.value, reading.at);
  if (faults.length > 0) return { faults };
  const { tiers, permit, raise, elevations, images, fields, runbooks } = reading.value;
  return {
    revision: sha256(text),
    tiers: Object.entries(tiers).map(tierOf),
    permit: permit.map(permitOf),
    raise: raise.map(raiseOf),
    ...(elevations ? { elevations } : {}),
    ...(images ? { images: images.allow } : {}),
    ...(runbooks ? { runbooks: Object.entries(runbooks).map(([name, written]) => ({ name, ...written })) } : {}),
    ...(fields ? { fields: present<AllowedFields>({ ...fields, patch: fields.patch && present(fields.patch) }) } : {}),
  };
}

type Written<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Leaves out what was not written, so that `undefined` never stands for a rule. */
function present<T extends object>(written: Written<T>): T {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as T;
}

function tierOf([name, written]: [string, Document["tiers"][string]]): Tier {
  const { stepUp, approvals, deny } = written;
  const requirements = present<Requirements>({
    stepUp: stepUp && present<StepUp>(stepUp),
    approvals: approvals && present({ ...approvals, stepUp: approvals.stepUp && present<StepUp>(approvals.stepUp) }),
  });
  return present<Tier>({ name, requirements, deny });
}

function permitOf(written: Document["permit"][number]): Permit {
  return written;
}

function raiseOf(written: Document["raise"][number]): Raise {
  return present<Raise>(written);
}

/** What the schema cannot say: names that must be defined, and rules that could never match. */
function faultsOf(document: Document, at: Locate): readonly DocumentFault[] {
  const faults: DocumentFault[] = [];
  const tiers = Object.keys(document.tiers);
  const known = new Set<string>(["@read", "@change", ...Object.keys(catalogue)]);
  const say = (path: readonly PropertyKey[], says: string) => faults.push({ ...at(path), says });
  for (const part of ["permit", "raise"] as const) {
    const names = new Set<string>();
    document[part].forEach((rule, i) => {
      if (names.has(rule.name)) say([part, i, "name"], `two ${part} rules are called "${rule.name}"`);
      names.add(rule.name);
      if (!tiers.includes(rule.tier))
        say([part, i, "tier"], `there is no tier "${rule.tier}"; the tiers are ${tiers.join(", ")}`);
      rule.operations?.forEach((operation, k) => {
        if (!known.has(operation))
          say([part, i, "operations", k], `there is no operation "${operation}"; known are ${[...known].join(", ")}`);
      });
    });
  }
  document.elevations?.roles.forEach((role, i) => {
    if (isNeverGiven(role))
      say(["elevations", "roles", i], `${role} may give roles away itself: whoever had it once could keep it`);
  });
  for (const [name, written] of Object.entries(document.runbooks ?? {}))
    for (const { path, says } of faultsOfRunbook({ name, ...written })) say(["runbooks", name, ...path], says);
  for (const [name, { deny, stepUp, approvals }] of Object.entries(document.tiers))
    if (deny !== undefined && (stepUp || approvals))
      say(["tiers", name], `the tier "${name}" denies; what else it asks for means nothing`);
  for (const [name, { stepUp: own, approvals }] of Object.entries(document.tiers))
    for (const [path, written] of [
      [["stepUp"], own],
      [["approvals", "stepUp"], approvals?.stepUp],
    ] as const) {
      const fault = written && stepUpFault(written);
      if (fault) say(["tiers", name, ...path], fault);
    }
  Object.entries(document.tiers).forEach(([name, written], i, all) => {
    for (const [weaker, before] of all.slice(0, i)) {
      const less = lessThan(written, before);
      if (less) say(["tiers", name], `the tier "${name}" stands behind "${weaker}" and asks for less: ${less}`);
    }
  });
  return faults;
}

/** In what a tier asks for less than one before it, whose bar a raise to it would then lower. */
function lessThan(tier: Document["tiers"][string], before: Document["tiers"][string]): string | undefined {
  if (tier.deny !== undefined) return undefined;
  if (before.deny !== undefined) return "it does not deny";
  const weaker = weakerProof(tier.stepUp, before.stepUp);
  if (weaker) return weaker;
  if ((tier.approvals?.count ?? 0) < (before.approvals?.count ?? 0)) return "fewer approvals";
  const ofApprovers = before.approvals && weakerProof(tier.approvals?.stepUp, before.approvals.stepUp);
  return ofApprovers && `${ofApprovers} of its approvers`;
}

type WrittenStepUp = NonNullable<Document["tiers"][string]["stepUp"]>;

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
function weakestBy({ bound, by }: WrittenStepUp = {}): number {
  const counting = bound
    ? (by ?? authenticatorNames).filter((name) => boundAuthenticators.includes(name))
    : (by ?? authenticatorNames);
  return Math.min(...counting.map((name) => authenticatorNames.indexOf(name)));
}

/** How old a proof may be, in ms: 0 = for the very request, Infinity = none is asked for. */
function age(stepUp: WrittenStepUp | undefined): number {
  return stepUp ? (stepUp.within ?? 0) : Number.POSITIVE_INFINITY;
}
