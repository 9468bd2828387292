import { stagesOf } from "../../policy/stages.ts";
import { escalationWords } from "../../policy/words.ts";
import { mostNamed, type Request } from "../../request/request.ts";
import { bold, bullets, lines, raw } from "./blocks.ts";
import type { Reply } from "./end-replies.ts";
import { clip } from "./escape.ts";
import { decisionOf } from "./known.ts";
import type { Surface } from "./surface.ts";

const shownText = 400;

/** Who can approve, said as soon as it is known that somebody must; and at once where nobody, or too few, can. */
export function reachReplies(request: Request, reply: Reply): readonly Surface[] {
  const approvers = "approvers" in request ? request.approvers : undefined;
  if (!approvers) return [];
  const stages = stagesOf(decisionOf(request)?.requirements ?? {});
  const said = approvers.map((people, i) => reachWords(people, stages[i]?.count ?? 0, stages[i]?.from ?? []));
  const short = approvers.some((people, i) => people.length < (stages[i]?.count ?? 0));
  const title = short ? "Nobody can complete the approvals now" : "Can approve";
  const calls = approvers.flatMap((people, i) => {
    const { count = 0, escalate } = stages[i] ?? {};
    return escalate && people.length < count
      ? [`It is escalated to ${escalationWords(escalate)}${i === 0 ? " at once" : " once it comes to that"}.`]
      : [];
  });
  return [
    reply("approvers", `${title}: ${said.join("; ")}`, [
      lines([bold(title)]),
      bullets(said.map((words, i) => [raw(clip(stages.length > 1 ? `Stage ${i + 1}: ${words}` : words, shownText))])),
      ...(calls.length > 0 ? [lines(...calls.map((words) => [raw(words)]))] : []),
    ]),
  ];
}

function reachWords(people: readonly string[], count: number, from: readonly string[]): string {
  const who = `${count} of ${from.join(" or ")}`;
  if (people.length === 0) return `${who}, where the directory knows nobody else`;
  const more = people.length > mostNamed ? " and others" : "";
  const only = people.length < count ? "only " : "";
  return `${who}: ${only}${people.slice(0, mostNamed).join(", ")}${more}`;
}
