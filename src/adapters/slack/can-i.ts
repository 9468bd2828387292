import { operationsAbout, operationsFor, type Question, spokenQuestion } from "../../operation/can-i.ts";
import { catalogue } from "../../operation/catalogue.ts";
import type { OperationKind } from "../../operation/operation.ts";
import type { Decision } from "../../policy/policy.ts";
import type { Subject } from "../../policy/subject.ts";
import { requirementWords } from "../../policy/words.ts";
import type { Origin } from "../../request/asked.ts";
import type { Prospect } from "../../request/may-ask.ts";
import { bullets, code, lines, raw, richText } from "./blocks.ts";
import { escaped } from "./escape.ts";
import type { Front } from "./front.ts";
import type { Reply } from "./whisper.ts";

/**
 * Says which operations do that, whether this person may ask for them, and what it takes. By the policy alone: what the
 * person may do in the cluster by themselves is not asked, since it is never used.
 */
export async function canIReply(
  { ports }: Front,
  subject: Subject,
  question: Question,
  origin: Origin,
): Promise<Reply> {
  const kinds = operationsFor(question);
  const heading = spokenQuestion(question);
  if (kinds.length === 0) return said(heading, noneWords(question), []);
  const found = await Promise.all(
    kinds.map(async (kind) => ({ kind, prospect: await ports.lifecycle.mayAsk(subject, kind, question, origin) })),
  );
  const allowed = found.filter(({ prospect }) => prospect.now.allowed).length;
  const answer = allowed === 0 ? "No." : `Yes, by ${allowed === 1 ? "one operation" : `${allowed} operations`}.`;
  const where = question.namespace === undefined ? "there" : `in ${question.namespace}`;
  return said(
    heading,
    `${answer} This is the policy's word. In the cluster the operation's own account acts, not you; whether it is installed ${where} shows when you ask.`,
    found.map(({ kind, prospect }) => [code(catalogue[kind].usage), raw(` ${prospectWords(kind, prospect)}`)]),
  );
}

function said(heading: string, words: string, rows: Parameters<typeof bullets>[0]): Reply {
  const body = [lines([code(heading)], [raw(words)]), ...(rows.length > 0 ? [bullets(rows)] : [])];
  return { text: escaped(words, 1_000), blocks: [richText(...body)] };
}

function noneWords({ verb, resource, object }: Question): string {
  const others = object === undefined ? [] : operationsAbout(object);
  const what = `No: no operation does that, so nobody can ${verb} ${resource} from here.`;
  return others.length === 0 ? what : `${what} There are: ${[...new Set(others.map(wordsOf))].join(", ")}.`;
}

/** `rollout restart`, out of its usage: the words before the first that stands for something. */
function wordsOf(kind: OperationKind): string {
  const { usage } = catalogue[kind];
  return usage
    .split(" ")
    .filter((word, i) => i < 2 && /^[a-z-]+$/.test(word))
    .join(" ");
}

function prospectWords(kind: OperationKind, { now, most }: Prospect): string {
  const account = `as ${catalogue[kind].account}`;
  if (!now.allowed) return `no: ${now.says} ${now.remedy}`;
  const later =
    tierOf(now) === tierOf(most)
      ? ""
      : `; once the object is looked at, its labels or pods may make it ${tierOf(most)}`;
  const asked = requirementWords(now.requirements);
  return `yes, ${account}, tier ${now.tier}: ${asked.length > 0 ? asked.join("; ") : "nothing more is asked for"}${later}`;
}

function tierOf(decision: Decision): string {
  return decision.allowed ? decision.tier : "refused";
}
