import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  InputBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  RichTextBlockElement,
  RichTextElement,
  SectionBlock,
} from "@slack/types";
import { clip, plain, plainLines } from "./escape.ts";

// The one place where Slack's limits are kept: @slack/types 3.2 and facts/slack.md section 3.
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** chat.update's hard limit is 4,000. */
  messageText: 3_900,
  preformatted: 2_900,
  header: 150,
  section: 3_000,
  field: 2_000,
  /** Before escaping, which can make five characters of each. */
  fieldText: 380,
  fields: 10,
  richText: 3_000,
  button: 75,
  value: 2_000,
  viewTitle: 24,
  label: 2_000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
} as const;

export function plainText(text: string, most: number): PlainTextElement {
  return { type: "plain_text", text: plain(text, most) || " ", emoji: false };
}

/** Slack's own markup. Only words of ours and text that {@link escaped} made harmless may stand in it. */
function mrkdwn(text: string, most: number = limits.section): MrkdwnElement {
  return { type: "mrkdwn", text: clip(text, most) || " ", verbatim: true };
}

export function header(text: string): HeaderBlock {
  return { type: "header", text: plainText(text, limits.header) };
}

export function context(...lines: readonly string[]): ContextBlock {
  return { type: "context", elements: lines.map((line) => plainText(line, limits.section)) };
}

/** Label and value side by side; the values are mrkdwn and must be escaped. */
export function fields(pairs: readonly (readonly [label: string, value: string])[]): SectionBlock {
  return {
    type: "section",
    fields: pairs.slice(0, limits.fields).map(([label, value]) => mrkdwn(`*${label}*\n${value}`, limits.field)),
  };
}

// ---- rich text: typed elements, so whatever people typed stays text ----

export function raw(text: string): RichTextElement {
  return { type: "text", text: plain(text, limits.richText) || " " };
}

export function bold(text: string): RichTextElement {
  return { type: "text", text: plain(text, limits.richText) || " ", style: { bold: true } };
}

export function code(text: string): RichTextElement {
  return { type: "text", text: plain(text, limits.richText) || " ", style: { code: true } };
}

/** Text with `code` between backticks, as refusals and usages are written. */
export function spoken(text: string): readonly RichTextElement[] {
  return text
    .split("`")
    .map((part, i) => ({ part, quoted: i % 2 === 1 }))
    .filter(({ part }) => part !== "")
    .map(({ part, quoted }) => (quoted ? code(part) : raw(part)));
}

/** A person, by the verified Slack id of the record; never from text. */
export function person(user: string): RichTextElement {
  return { type: "user", user_id: user };
}

/** A moment, shown in each reader's own time zone. */
export function moment(ms: number): RichTextElement {
  return {
    type: "date",
    timestamp: Math.floor(ms / 1000),
    format: "{date_short_pretty} at {time_secs}",
    fallback: isoOf(ms),
  };
}

/** A text of the cluster's, its moments (RFC 3339) shown likewise. */
export function dated(text: string): readonly RichTextElement[] {
  return text
    .split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/)
    .filter((part) => part !== "")
    .map((part) =>
      /^\d{4}-\d\d-/.test(part) && !Number.isNaN(Date.parse(part)) ? moment(Date.parse(part)) : raw(part),
    );
}

/** The same inside mrkdwn. */
export function momentText(ms: number): string {
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} at {time_secs}|${isoOf(ms)}>`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

const newLine: RichTextElement = { type: "text", text: "\n" };

/** Lines under each other, each of them a run of elements. */
export function lines(...rows: readonly (readonly RichTextElement[])[]): RichTextBlockElement {
  const elements = rows.flatMap((row, i) => (i === 0 ? [...row] : [newLine, ...row]));
  return { type: "rich_text_section", elements };
}

export function bullets(rows: readonly (readonly RichTextElement[])[]): RichTextBlockElement {
  return {
    type: "rich_text_list",
    style: "bullet",
    elements: rows.map((row) => ({ type: "rich_text_section", elements: [...row] })),
  };
}

export function preformatted(text: string): RichTextBlockElement {
  const shown = clip(plainLines(text), limits.preformatted) || " ";
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: shown }] };
}

export function richText(...elements: readonly RichTextBlockElement[]): RichTextBlock {
  return { type: "rich_text", elements: [...elements] };
}

// ---- what people click and fill in ----

/** The buttons and forms there are; each has exactly one listener, matched by this very string. */
export type ActionId =
  | "prove"
  | "cancel"
  | "review"
  | "deny"
  | "ran"
  | "did-not-run"
  | "look-again"
  | "undo"
  | "revoke"
  | "reviewed"
  | "by-login"
  | "by-passkey"
  | "by-push"
  | "by-duo"
  | "by-okta"
  | "not-me"
  | "link";

export function button(
  action: ActionId,
  label: string,
  value: string,
  look: Pick<Button, "style" | "confirm"> = {},
): Button {
  return { type: "button", action_id: action, text: plainText(label, limits.button), value, ...look };
}

/** Opens an address in the browser. Slack tells us of the click too, and there is nothing to do then. */
export function linkButton(action: ActionId, label: string, url: string): Button {
  return { type: "button", action_id: action, text: plainText(label, limits.button), url };
}

export function actions(...buttons: readonly Button[]): ActionsBlock {
  return { type: "actions", elements: [...buttons] };
}

/** The code of an authenticator: six digits, and room for the space some apps show in the middle. */
export function codeInput(label: string): InputBlock {
  return {
    type: "input",
    block_id: "code",
    label: plainText(label, limits.label),
    element: { type: "plain_text_input", action_id: "code", min_length: 6, max_length: 7, focus_on_load: true },
  };
}

export function whyInput(label: string, longest: number, already?: string): InputBlock {
  return {
    type: "input",
    block_id: "why",
    label: plainText(label, limits.label),
    element: {
      type: "plain_text_input",
      action_id: "why",
      ...(already === undefined ? {} : { initial_value: already }),
      min_length: 3,
      max_length: longest,
      multiline: true,
      focus_on_load: true,
    },
  };
}
