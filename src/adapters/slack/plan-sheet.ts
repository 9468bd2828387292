import type { KnownBlock, RichTextElement } from "@slack/types";
import { spoken as commandOf } from "../../operation/catalogue.ts";
import { plannedInWords } from "../../operation/plan.ts";
import type { Request } from "../../request/request.ts";
import {
  bold,
  bullets,
  context,
  fields,
  header,
  limits,
  lines,
  moment,
  person,
  preformatted,
  raw,
  richText,
} from "./blocks.ts";
import { escaped } from "./escape.ts";
import { decisionOf, digestOf, planOf } from "./known.ts";
import { headlineOf } from "./words.ts";

/** A plan as it fits into one modal. `whole` = nothing was left out; only then may anybody say yes to it. */
export interface PlanSheet {
  readonly blocks: readonly KnownBlock[];
  readonly whole: boolean;
}

// views.open takes 250 kB; a person reads far less. What is longer than this is no plan anybody approves knowingly.
const longestLine = 2_900;
const longestSheet = 16_000;
const itemsPerBlock = 25;
const mostItems = 400;

/** The whole plan for the eyes of one who is about to say yes. */
export function planSheet(request: Request): PlanSheet {
  const plan = planOf(request);
  const decision = decisionOf(request);
  const { operation } = request;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Changes", (plan?.changes ?? []).map(({ field, from, to }) => `${field}: ${from} → ${to}`)],
    ["What it does", plan?.effects ?? []],
    ["Warnings", plan?.live.warnings ?? []],
  ];
  const texts = sections.flatMap(([, items]) => items);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const whole =
    plan !== undefined &&
    length <= longestSheet &&
    texts.length <= mostItems &&
    texts.every((text) => text.length <= longestLine);

  const blocks: KnownBlock[] = [
    header(headlineOf(operation)),
    richText(
      lines([person(request.origin.user), raw(` (${request.requester}) asks for:`)]),
      preformatted(commandOf(operation)),
      lines([bold("Reason: "), raw(request.reason || "none given")]),
    ),
    fields([
      ["Cluster", escaped(operation.cluster, 253)],
      ["Tier", escaped(decision ? `${decision.tier} (${decision.rules.join(", ")})` : "not decided", limits.fieldText)],
      ...(plan?.object
        ? ([
            ["Object", escaped(plannedInWords(plan.object), limits.fieldText)],
            ["Uid", escaped(plan.object.uid, 100)],
          ] as const)
        : []),
    ]),
    ...(whole ? sections.flatMap(([title, items]) => listing(title, items)) : []),
    ...(whole ? [] : [richText(lines([bold(tooLong(length, texts.length))]))]),
    ...(plan?.object ? [richText(lines(...liveLines(plan.live)))] : []),
    context(`Request ${request.id} · plan ${digestOf(request) ?? ""}`),
  ];
  return { blocks, whole };
}

function listing(title: string, items: readonly string[]): readonly KnownBlock[] {
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < items.length; at += itemsPerBlock) {
    const rows = items.slice(at, at + itemsPerBlock).map((text) => [raw(text)]);
    blocks.push(richText(...(at === 0 ? [lines([bold(title)])] : []), bullets(rows)));
  }
  return blocks;
}

function tooLong(length: number, items: number): string {
  return `This plan does not fit on one screen (${items} lines, ${length} characters), so nobody can say yes to it here. Ask for less at once.`;
}

function liveLines(live: NonNullable<ReturnType<typeof planOf>>["live"]): readonly (readonly RichTextElement[])[] {
  const change = live.lastChange === undefined ? [] : [[raw(`Last change: ${live.lastChange}`)]];
  const read = live.total === 0 ? "It was read" : `${live.ready} of ${live.total} pods were ready when it was read`;
  return [[raw(`${read}, `), moment(live.readAt)], ...change];
}
