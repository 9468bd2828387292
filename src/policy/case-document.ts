import { z } from "zod";
import { type DocumentFault, readYaml } from "./yaml-document.ts";

/** A moment as it is written, with its distance from UTC, in milliseconds since 1970; undefined for anything else. */
export function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const word = z.string().min(1);
const moment = z
  .string()
  .transform((text) => momentOf(text))
  .refine((at) => at !== undefined, "a moment is written 2026-11-27T22:30:00Z or 2026-11-27T23:30+01:00");
const facts = z.strictObject({
  pods: z.int().min(0).optional(),
  labels: z.record(word, z.string()).optional(),
  namespaces: z.array(word).optional(),
  channel: word.optional(),
  slackGroups: z.array(word).optional(),
  unusual: z.strictObject({ firstInNamespace: z.boolean(), outsideTheirHours: z.boolean() }).optional(),
});
const one = z.strictObject({
  name: word.optional(),
  as: word,
  /** Absent: those of the document's `people`. */
  groups: z.array(word).optional(),
  cluster: word.optional(),
  command: word,
  at: moment.optional(),
  facts: facts.default({}),
  /** What the document says of every case, and nobody knows in this one. */
  unknown: z.array(z.enum(["object", "time", "channel", "unusual"])).default([]),
  /** The name of a tier, or `denied`. */
  expect: word,
  /** One of the rules that lead there, or the one that denies. */
  rule: word.optional(),
});
const schema = z.strictObject({
  policy: word,
  /** What holds for every case that says nothing else. */
  cluster: word.optional(),
  at: moment.optional(),
  facts: facts.default({}),
  people: z.record(z.string(), z.array(word)).default({}),
  cases: z.array(one).min(1),
});

/** One question to a policy, and the answer that is right. */
export type PolicyCase = z.infer<typeof one>;
/** Cases, and the file of the policy they are about, as it is written. */
export type CaseDocument = z.infer<typeof schema>;

/** Reads a document of cases, or says everything that is wrong with it, with line and column. */
export function readCases(text: string): CaseDocument | { readonly faults: readonly DocumentFault[] } {
  const reading = readYaml(text, schema);
  return "faults" in reading ? reading : reading.value;
}
