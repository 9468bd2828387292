import type { Decision } from "../../policy/policy.ts";
import type { Subject } from "../../policy/subject.ts";
import { requirementWords } from "../../policy/words.ts";
import { commandOf, type Origin } from "../../request/asked.ts";
import type { Why, Wondered } from "../../request/why.ts";
import { bullets, code, lines, raw, richText } from "./blocks.ts";
import { escaped } from "./escape.ts";
import type { Front } from "./front.ts";
import type { Reply } from "./whisper.ts";

/** Says what an operation would take from this person, which rules say so, and who could approve it now. */
export async function whyReply(
  { ports }: Front,
  subject: Subject,
  meant: Pick<Wondered, "operation" | "breakGlass">,
  origin: Origin,
): Promise<Reply> {
  const { operation, breakGlass } = meant;
  const why = await ports.lifecycle.why({ subject, operation, origin, ...(breakGlass ? { breakGlass } : {}) });
  const said = whyWords(why);
  const heading = "By the policy alone; nothing was asked for by this question.";
  return {
    text: escaped([heading, ...said].join(" "), 1_000),
    blocks: [richText(lines([code(commandOf(meant))], [raw(heading)]), bullets(said.map((words) => [raw(words)])))],
  };
}

function whyWords({ now, most, approvers }: Why): readonly string[] {
  if (!now.allowed) return [`It would be refused, by: ${now.rule}. ${now.says} ${now.remedy}`];
  const asked = requirementWords(now.requirements).map((words) => `It takes ${words}.`);
  return [
    `Tier ${now.tier}, by: ${now.rules.join(", ")}.`,
    ...(asked.length > 0 ? asked : ["Nothing more is asked for."]),
    ...(now.requirements.approvals ? [approverWords(approvers)] : []),
    ...laterWords(now, most),
  ];
}

const named = 20;

/** Who of the directory could approve, by name. */
function approverWords(approvers: readonly Subject[]): string {
  if (approvers.length === 0) return "Nobody in the directory could approve it now.";
  const more = approvers.length - named;
  const names = approvers.slice(0, named).map(({ sub }) => sub);
  return `Could approve it now: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

function laterWords(now: Decision & { readonly allowed: true }, most: Decision): readonly string[] {
  const later = "Once the object is looked at, its labels or pods may";
  if (!most.allowed) return [`${later} have it refused, by: ${most.rule}.`];
  if (most.tier === now.tier) return [];
  return [`${later} make it ${most.tier}, by: ${most.rules.filter((rule) => !now.rules.includes(rule)).join(", ")}.`];
}
