import type { Entry, Form, Typed } from "../entry.ts";
import { isKey, isLabelValue, isReserved } from "../label-key.ts";
import { isPatchedKind, type PatchedKind, patchable } from "../patchable.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, readWhole, short } from "../typed.ts";

/** Kinds whose labels and annotations may be set; never pods, which are selected by theirs. */
const marked = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "ConfigMap", "Service"] as const;
export type MarkedKind = (typeof marked)[number];

/** Key -> its value, or null where it is taken away; in the order of the keys. */
export type Marks = Readonly<Record<string, string | null>>;

/** Sets or takes away labels of an object itself, among those the policy allows. */
export interface SetLabels {
  readonly kind: "label";
  readonly cluster: string;
  readonly target: Target<MarkedKind>;
  readonly marks: Marks;
}

/** Sets or takes away annotations of an object itself, among those the policy allows. */
export interface SetAnnotations {
  readonly kind: "annotate";
  readonly cluster: string;
  readonly target: Target<MarkedKind>;
  readonly marks: Marks;
}

/** Sets one field of a workload, among those the policy allows. */
export interface PatchField {
  readonly kind: "patch";
  readonly cluster: string;
  readonly target: Target<PatchedKind>;
  /** One of {@link patchable}. */
  readonly field: string;
  readonly value: number;
}

/** What one person can look at. */
const most = 10;
/** The longest value of an annotation, in characters; a plan shows it whole. */
const longestValue = 256;

const watched = ["get", "patch"];
const markedRules = [
  { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: watched },
  { apiGroups: ["batch"], resources: ["cronjobs"], verbs: watched },
  { apiGroups: [""], resources: ["configmaps", "services"], verbs: watched },
];
const toPlan = markedRules.map((rule) => ({ ...rule, verbs: ["get"] }));

export const label: Entry<SetLabels> = {
  usage: "label deploy|sts|ds|cj|cm|svc/NAME KEY=VALUE -n NAMESPACE -- REASON",
  summary: "set a label (KEY=VALUE) or take one away (KEY-)",
  group: "@change",
  idempotent: true,
  account: "countersign-label",
  rules: markedRules,
  plansWith: toPlan,
  say: ({ target, marks }) => `label ${spokenTarget(target)} ${marksInWords(marks)}`,
  headline: ({ target }) => `Label ${target.name}`,
  wish: ({ target, marks }) => `set the labels ${marksInWords(marks)} of the ${targetInWords(target)}`,
};

export const annotate: Entry<SetAnnotations> = {
  usage: "annotate deploy|sts|ds|cj|cm|svc/NAME KEY=VALUE -n NAMESPACE -- REASON",
  summary: "set an annotation (KEY=VALUE) or take one away (KEY-)",
  group: "@change",
  idempotent: true,
  account: "countersign-annotate",
  rules: markedRules,
  plansWith: toPlan,
  say: ({ target, marks }) => `annotate ${spokenTarget(target)} ${marksInWords(marks)}`,
  headline: ({ target }) => `Annotate ${target.name}`,
  wish: ({ target, marks }) => `set the annotations ${marksInWords(marks)} of the ${targetInWords(target)}`,
};

export const patch: Entry<PatchField> = {
  usage: "patch deploy|sts|ds/NAME --set=FIELD=VALUE -n NAMESPACE -- REASON",
  summary: "set one field of a workload, among those the policy allows",
  group: "@change",
  idempotent: true,
  account: "countersign-patch",
  rules: [{ apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: watched }],
  plansWith: [{ apiGroups: ["apps"], resources: ["statefulsets", "daemonsets"], verbs: ["get"] }],
  say: ({ target, field, value }) => `patch ${spokenTarget(target)} --set=${field}=${value}`,
  headline: ({ target }) => `Patch ${target.name}`,
  wish: ({ target, field, value }) => `set ${field} of the ${targetInWords(target)} to ${value}`,
};

/** `team=web`, `owner-`; quoted where a value has spaces. */
function marksInWords(marks: Marks): string {
  return Object.entries(marks)
    .map(([key, value]) => (value === null ? `${key}-` : quoted(`${key}=${value}`)))
    .join(" ");
}

function quoted(word: string): string {
  return /[ "']/.test(word) ? (word.includes('"') ? `'${word}'` : `"${word}"`) : word;
}

function marking<K extends "label" | "annotate">(kind: K, { usage }: { readonly usage: string }) {
  return {
    words: kind,
    usage,
    namespace: "needed" as const,
    read(typed: Typed): { kind: K; cluster: string; target: Target<MarkedKind>; marks: Marks } | Refusal {
      const isMark = (word: string) => word.includes("=") || word.endsWith("-");
      const named = typed.positionals.filter((word) => !isMark(word));
      const target = readTarget({ ...typed, positionals: named }, marked);
      if (isRefusal(target)) return target;
      const marks = readMarks(kind, typed.positionals.filter(isMark), typed);
      return isRefusal(marks) ? marks : { kind, cluster: typed.cluster, target, marks: marks.marks };
    },
  };
}

function readMarks(
  kind: "label" | "annotate",
  words: readonly string[],
  { usage }: Typed,
): { readonly marks: Marks } | Refusal {
  if (words.length === 0) return refuse("bad-arguments", "It is not said what to set.", `Usage: \`${usage}\``);
  if (words.length > most)
    return refuse("bad-arguments", `${words.length} are too many at once.`, `Give at most ${most}.`);
  const marks = new Map<string, string | null>();
  for (const word of words) {
    const at = word.indexOf("=");
    const key = at < 0 ? word.slice(0, -1) : word.slice(0, at);
    const value = at < 0 ? null : word.slice(at + 1);
    if (!isKey(key))
      return refuse("bad-arguments", `\`${short(key)}\` is no key.`, "A key looks like team or example.com/team.");
    if (isReserved(key))
      return refuse(
        "bad-arguments",
        `\`${short(key)}\` belongs to Kubernetes or to Countersign, and is never set from here.`,
        "Use a key of your own.",
      );
    if (marks.has(key)) return refuse("bad-arguments", `\`${short(key)}\` is given twice.`, "Give it once.");
    if (value !== null && (kind === "label" ? !isLabelValue(value) : value.length > longestValue))
      return refuse(
        "bad-arguments",
        `\`${short(value)}\` cannot be the value of ${kind === "label" ? "a label" : "an annotation"} here.`,
        kind === "label"
          ? "Use at most 63 letters, digits, dashes, dots and underscores."
          : `Use at most ${longestValue} characters.`,
      );
    marks.set(key, value);
  }
  return { marks: Object.fromEntries([...marks].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function readPatch(typed: Typed): PatchField | Refusal {
  const target = readTarget(typed, Object.keys(patchable).filter(isPatchedKind));
  if (isRefusal(target)) return target;
  const { usage, cluster, flags } = typed;
  const [field = "", text, ...more] = (flags["set"] ?? "").split("=");
  const fields = patchable[target.kind];
  const bounds = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (flags["set"] === undefined || text === undefined || more.length > 0)
    return refuse("bad-arguments", "It is not said what to set to what.", `Usage: \`${usage}\``);
  if (!bounds)
    return refuse(
      "bad-arguments",
      `\`${short(field)}\` is never set from here.`,
      `Of a ${target.kind} there are: ${Object.keys(fields).join(", ")}.`,
    );
  const value = readWhole({ ...typed, flags: { set: text } }, "set", bounds, `value of ${field}`);
  return isRefusal(value) ? value : { kind: "patch", cluster, target, field, value };
}

export const fieldForms: readonly Form<SetLabels | SetAnnotations | PatchField>[] = [
  marking("label", label),
  marking("annotate", annotate),
  { words: "patch", usage: patch.usage, namespace: "needed", flags: { set: {} }, read: readPatch },
];
