import { z } from "zod";
import { sha256 } from "../audit/canonical.ts";
import { catalogue } from "../operation/catalogue.ts";
import { isNeverGiven, longestElevation } from "../operation/elevation.ts";
import { parseImagePlace } from "../operation/image.ts";
import { isKeyPattern, reserved } from "../operation/label-key.ts";
import { parseName } from "../operation/name.ts";
import { type PatchedKind, patchable } from "../operation/patchable.ts";
import { mostSteps, plainWord } from "../operation/runbook.ts";
import { spokenSpan } from "../operation/span.ts";
import { compileCondition } from "./condition.ts";
import { faultOfCondition } from "./condition-faults.ts";
import { faultsOfFreeze, freeze, raiseOfFreeze, tierOfFreeze } from "./freeze-document.ts";
import type { AllowedFields, Permit, Policy, Raise } from "./policy.ts";
import { present } from "./present.ts";
import { faultsOfRunbook } from "./runbook-faults.ts";
import { channel, duration, groupsFor, matching, objects, words, zone } from "./shapes.ts";
import { faultsOfSlackGroups } from "./slack-group-faults.ts";
import { faultsOfTiers, tier, tierOf } from "./tier-document.ts";
import { type DocumentFault, type Locate, readYaml } from "./yaml-document.ts";

// What could never match is a fault: of a raise it would be a bar that never rises.
const people = matching(/^(\*|group:[^*]+|[\w.@|-]+)$/, "people are written as a subject, group:NAME or *");
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
  when: z.string().min(1).max(1000).optional(),
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
const groups = groupsFor("who may freeze is");
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
  freezes: z.array(freeze).default([]),
  breakGlass: z.array(permit).optional(),
  timeZone: zone.optional(),
  incidents: z.strictObject({ channels: z.array(channel).min(1) }).optional(),
  elevations: elevations.optional(),
  fields: fields.optional(),
  brake: z.strictObject({ freeze: groups, unfreeze: groups }).optional(),
  images: z.strictObject({ allow: z.array(imagePlace).min(1) }).optional(),
  slackGroups: z
    .record(
      z.string().regex(/^(?!group:)[^*]+$/, "a group is written as its name alone"),
      z.string().regex(/^S[A-Z0-9]+$/, "a user group is its id in Slack, such as S0123ABC"),
    )
    .optional(),
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
  const {
    tiers,
    permit,
    raise,
    freezes,
    breakGlass,
    timeZone,
    incidents,
    elevations,
    brake,
    images,
    fields,
    runbooks,
    slackGroups,
  } = reading.value;
  return {
    revision: sha256(text),
    tiers: [...Object.entries(tiers).map(tierOf), ...freezes.flatMap((one) => tierOfFreeze(one) ?? [])],
    permit: permit.map(permitOf),
    raise: [...raise.map(raiseOf), ...freezes.map((one) => raiseOfFreeze(one, timeZone))],
    ...(breakGlass ? { breakGlass: breakGlass.map(permitOf) } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(incidents ? { incidents } : {}),
    ...(elevations ? { elevations } : {}),
    ...(brake ? { brake } : {}),
    ...(slackGroups ? { slackGroups } : {}),
    ...(images ? { images: images.allow } : {}),
    ...(runbooks ? { runbooks: Object.entries(runbooks).map(([name, written]) => ({ name, ...written })) } : {}),
    ...(fields ? { fields: present<AllowedFields>({ ...fields, patch: fields.patch && present(fields.patch) }) } : {}),
  };
}

function strayTier(tier: string, part: string): string {
  return part === "breakGlass"
    ? `the tier "${tier}" is none of break-glass: say \`breakGlass: { review: 24h, from: [GROUP] }\` in it`
    : `the tier "${tier}" is one of break-glass, and only a rule under \`breakGlass\` leads into it`;
}

function permitOf(written: Document["permit"][number]): Permit {
  return written;
}

function raiseOf({ when, ...written }: Document["raise"][number]): Raise {
  const condition = when === undefined ? undefined : compileCondition(when);
  if (condition && "fault" in condition) throw new Error(`"${when}": ${condition.fault}`);
  return present<Raise>({ ...written, when: condition });
}

/** What the schema cannot say: names that must be defined, and rules that could never match. */
function faultsOf(document: Document, at: Locate): readonly DocumentFault[] {
  const faults: DocumentFault[] = [];
  const tiers = Object.keys(document.tiers);
  const known = new Set<string>(["@read", "@change", ...Object.keys(catalogue)]);
  const say = (path: readonly PropertyKey[], says: string) => faults.push({ ...at(path), says });
  const raises = new Set<string>();
  for (const part of ["permit", "raise", "freezes", "breakGlass"] as const) {
    // A freeze is a raise, and must be told from those.
    const kind = part === "freezes" ? "raise" : part;
    const names = kind === "raise" ? raises : new Set<string>();
    (document[part] ?? []).forEach((rule, i) => {
      if (names.has(rule.name)) say([part, i, "name"], `two ${kind} rules are called "${rule.name}"`);
      names.add(rule.name);
      const { tier } = rule;
      if (tier !== undefined && !tiers.includes(tier))
        say([part, i, "tier"], `there is no tier "${tier}"; the tiers are ${tiers.join(", ")}`);
      else if (tier !== undefined && (document.tiers[tier]?.breakGlass !== undefined) !== (part === "breakGlass"))
        say([part, i, "tier"], strayTier(tier, part));
      rule.operations?.forEach((operation, k) => {
        if (!known.has(operation))
          say([part, i, "operations", k], `there is no operation "${operation}"; known are ${[...known].join(", ")}`);
      });
    });
  }
  document.raise.forEach(({ when, tier }, i) => {
    const fault = when === undefined ? undefined : faultOfCondition(when, document.tiers[tier], document);
    if (when !== undefined && fault)
      faults.push({ ...at(["raise", i, "when"], { text: when, offset: fault.offset }), says: fault.fault });
  });
  document.freezes.forEach((one, i) => {
    for (const { path, says } of faultsOfFreeze(one, document.timeZone)) say(["freezes", i, ...path], says);
  });
  document.elevations?.roles.forEach((role, i) => {
    if (isNeverGiven(role))
      say(["elevations", "roles", i], `${role} may give roles away itself: whoever had it once could keep it`);
  });
  for (const [name, written] of Object.entries(document.runbooks ?? {}))
    for (const { path, says } of faultsOfRunbook({ name, ...written })) say(["runbooks", name, ...path], says);
  for (const { path, says } of faultsOfSlackGroups(document)) say(path, says);
  faults.push(...faultsOfTiers(document.tiers).map(({ path, says }) => ({ ...at(["tiers", ...path]), says })));
  return faults;
}
