import type { KnownBlock, RichTextElement } from "@slack/types";
import type { Request } from "../../request/request.ts";
import { type Sheet, sheetOf } from "../../request/sheet.ts";
import {
  bold,
  bullets,
  context,
  dated,
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

/** A plan as it fits into one modal. `whole` = nothing was left out; only then may anybody say yes to it. */
export interface PlanSheet {
  readonly blocks: readonly KnownBlock[];
  readonly whole: boolean;
}

const itemsPerBlock = 25;

/** The whole plan for the eyes of one who is about to say yes. */
export function planSheet(request: Request): PlanSheet {
  const sheet = sheetOf(request);
  const { readable: whole, live } = sheet;
  const blocks: KnownBlock[] = [
    header(sheet.headline),
    richText(
      lines([person(request.origin.user), raw(` (${sheet.requester}) asks for:`)]),
      preformatted(sheet.command),
      lines([bold("Reason: "), raw(sheet.reason)]),
    ),
    fields(sheet.facts.map(([label, value]) => [label, escaped(value, limits.fieldText)])),
    ...(whole ? sheet.sections.flatMap(([title, items]) => listing(title, items)) : []),
    ...(whole ? [] : [richText(lines([bold(sheet.tooLong)]))]),
    ...(live ? [richText(lines(...liveLines(live)))] : []),
    context(`Request ${sheet.request} · plan ${sheet.digest}`),
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

function liveLines({ says, readAt, lastChange }: NonNullable<Sheet["live"]>): readonly (readonly RichTextElement[])[] {
  const change = lastChange === undefined ? [] : [dated(`Last change: ${lastChange}`)];
  return [[raw(`${says}, `), moment(readAt)], ...change];
}
