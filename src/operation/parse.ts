import { canIUsage, type Question, readQuestion } from "./can-i.ts";
import { forms } from "./catalogue.ts";
import { elevationName } from "./elevation.ts";
import type { Form } from "./entry.ts";
import { type Freezing, readFreezing } from "./freezing.ts";
import { nearest } from "./nearest.ts";
import { isRead, type Operation } from "./operation.ts";
import { type Clusters, readTyped } from "./read-typed.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { isRequestId } from "./request-id.ts";
import { type ReadStep, readRun, runUsage } from "./run.ts";
import type { Runbook } from "./runbook.ts";
import { secretIn } from "./secret.ts";
import { short, tooMuch } from "./typed.ts";
import { plainLine, splitWords } from "./words.ts";

/** Everything that can be typed after the slash command. */
export type Command =
  | { readonly kind: "help"; readonly topic?: string }
  | { readonly kind: "status"; readonly id: string }
  | { readonly kind: "mine" | "freezes" | "link" | "reviews" }
  | Freezing
  | { readonly kind: "can-i"; readonly question: Question }
  | { readonly kind: "why"; readonly operation: Operation; readonly breakGlass?: true }
  | { readonly kind: "cancel" | "revoke"; readonly id: string; readonly reason: string }
  | { readonly kind: "operate"; readonly operation: Operation; readonly reason: string; readonly breakGlass?: true };

/** Where a command is spoken. */
export interface Place extends Clusters {
  /** Those of the policy; none when absent. */
  readonly runbooks?: readonly Runbook[];
}

/** The longest reason that is kept, in characters; cards show it whole. */
export const reasonLength = 300;

export const whyUsage = "why COMMAND";

/** Stands before a command that is to be run without anybody's approval, and reviewed afterwards. */
export const breakGlassFlag = "--break-glass";
export const breakGlassUsage = `${breakGlassFlag} COMMAND -- REASON`;

const beginnings = [
  "help",
  "status",
  "mine",
  "cancel",
  "revoke",
  "freeze",
  "unfreeze",
  "freezes",
  "link",
  "reviews",
  "auth can-i",
  "why",
  "run",
  ...forms.map(({ words }) => words),
];

/** Turns typed text into a command, or says what was wrong and what would be right. Never throws on any text. */
export function parse(text: string, place: Place): Command | Refusal {
  // Both: what is taken out of a line may hide a secret that stands in the text, or that only then stands there.
  const secret = secretIn(text) ?? secretIn(plainLine(text));
  if (secret)
    return refuse(
      "secret-in-text",
      `The text seems to hold ${secret}. Nothing was done, but Slack has already stored it.`,
      "Rotate that secret now, and ask again without it.",
    );
  const spoken = splitWords(text);
  if (isRefusal(spoken)) return spoken;
  const { words, reason } = spoken;
  if (reason.length > reasonLength)
    return refuse("bad-arguments", `The reason has ${reason.length} characters.`, `Use at most ${reasonLength}.`);
  const [first = "help", ...rest] = words;
  switch (first.toLowerCase()) {
    case breakGlassFlag:
      return parseBreakGlass(rest, reason, place);
    case "help":
      return rest.length > 0 ? { kind: "help", topic: rest.join(" ") } : { kind: "help" };
    case "mine":
    case "freezes":
    case "link":
    case "reviews":
      return rest.length > 0
        ? tooMuch(rest, first.toLowerCase())
        : { kind: first.toLowerCase() as "mine" | "freezes" | "link" | "reviews" };
    case "freeze":
    case "unfreeze":
      return readFreezing(first.toLowerCase() as Freezing["kind"], rest, reason, place.clusters);
    case "auth":
      return parseQuestion(rest, place);
    case "why":
      return parseWhy(rest, place);
    case "run":
      return parseRun(rest, reason, place);
    case "status":
    case "cancel":
      return parseAbout(first.toLowerCase() as "status" | "cancel", rest, reason);
    case "revoke":
      // As `kubectl get rolebindings` has it, or as we do.
      return parseAbout(
        "revoke",
        rest.map((word) => (word.startsWith(elevationName("")) ? word.slice(elevationName("").length) : word)),
        reason,
      );
    default:
      return parseOperation(words, reason, place);
  }
}

function parseAbout(kind: "status" | "cancel" | "revoke", words: readonly string[], reason: string): Command | Refusal {
  const [id, ...more] = words;
  if (id === undefined) return refuse("bad-arguments", "The request's id is missing.", `${kind} r-ab12cd34`);
  if (more.length > 0) return tooMuch(more, `${kind} ${short(id)}`);
  if (!isRequestId(id))
    return refuse(
      "bad-arguments",
      `\`${short(id)}\` is no request id.`,
      "Ids look like r-ab12cd34; `mine` lists yours.",
    );
  return kind === "status" ? { kind, id } : { kind, id, reason };
}

function parseQuestion(words: readonly string[], place: Place): Command | Refusal {
  const typed = readTyped({ usage: canIUsage, namespace: "optional" }, words, "", place);
  if (isRefusal(typed)) return typed;
  const question = readQuestion(typed);
  return isRefusal(question) ? question : { kind: "can-i", question };
}

/** Said first, before the command, so that nobody breaks the glass by a word at the end of a line. */
function parseBreakGlass(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const [first, ...rest] = words;
  const usage = `Usage: \`${breakGlassUsage}\``;
  if (first === undefined) return refuse("bad-arguments", "It is not said for what.", usage);
  if (reason === "") return refuse("bad-arguments", "The reason is missing: whoever reviews it reads it first.", usage);
  const meant = first.toLowerCase() === "run" ? parseRun(rest, reason, place) : parseOperation(words, reason, place);
  return isRefusal(meant) || meant.kind !== "operate" ? meant : { ...meant, breakGlass: true };
}

/** What an operation would take: a reason stands for no rule, so none has to be given. */
function parseWhy(words: readonly string[], place: Place): Command | Refusal {
  const [first, ...rest] = words;
  if (first === undefined) return refuse("bad-arguments", "It is not said of what.", `Usage: \`${whyUsage}\``);
  const reason = "a question";
  const read = { [breakGlassFlag]: parseBreakGlass, run: parseRun }[first.toLowerCase()];
  const meant = read ? read(rest, reason, place) : parseOperation(words, reason, place);
  if (isRefusal(meant) || meant.kind !== "operate") return meant;
  const { operation, breakGlass } = meant;
  return { kind: "why", operation, ...(breakGlass ? { breakGlass } : {}) };
}

function parseOperation(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const form = formOf(words);
  if (!form) return unknownCommand(words);
  const typed = readTyped(form, words.slice(form.words.split(" ").length), reason, place);
  if (isRefusal(typed)) return typed;
  return operate(form.read(typed), reason, form.usage);
}

function operate(operation: Operation | Refusal, reason: string, usage: string): Command | Refusal {
  if (isRefusal(operation)) return operation;
  if (!isRead(operation) && reason === "")
    return refuse("bad-arguments", "The reason is missing: it stands in the audit trail.", `Usage: \`${usage}\``);
  return { kind: "operate", operation, reason };
}

function parseRun(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const typed = readTyped({ usage: runUsage, namespace: "none" }, words, reason, place);
  if (isRefusal(typed)) return typed;
  return operate(readRun(typed, place.runbooks ?? [], stepReader(typed.cluster)), reason, runUsage);
}

/** Reads the steps of runbooks, all for this cluster, which no step may name by itself. */
export function stepReader(cluster: string): ReadStep {
  return (line) => {
    const command = parse(`${line} -- a step`, { clusters: [cluster], defaultCluster: cluster });
    if (isRefusal(command)) return command;
    if (command.kind === "operate" && !command.breakGlass) return command.operation;
    return refuse("bad-arguments", `\`${short(line)}\` is no operation.`);
  };
}

/** The form whose words the command begins with; of several the longest. */
function formOf(words: readonly string[]): Form<Operation> | undefined {
  const [first, second] = words.map((word) => word.toLowerCase());
  return forms.find((form) => form.words === `${first} ${second}`) ?? forms.find((form) => form.words === first);
}

function unknownCommand(words: readonly string[]): Refusal {
  const [first = ""] = words;
  const typed = words.slice(0, 2).join(" ");
  const meant =
    nearest(typed, beginnings) ??
    nearest(
      first,
      beginnings.map((beginning) => beginning.split(" ")[0] ?? beginning),
    );
  const known = forms.filter((form) => form.words.startsWith(`${first.toLowerCase()} `));
  return refuse(
    "unknown-command",
    `There is no command \`${short(typed)}\`.`,
    known.length > 0
      ? `There are: ${known.map(({ words }) => `\`${words}\``).join(", ")}. \`help ${first.toLowerCase()}\` says how each is typed.`
      : meant
        ? `Did you mean \`${meant}\`? \`help\` lists all.`
        : "`help` lists all commands.",
  );
}
