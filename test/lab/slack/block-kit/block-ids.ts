import { randomBytes } from "node:crypto";
import type { AnyBlock } from "@slack/types";
import { isFields } from "../json.ts";

/** The blocks with every missing block_id and action_id filled in, as Slack fills them in. */
export function withIds(blocks: readonly AnyBlock[]): AnyBlock[] {
  return blocks.map((block) => ({ ...named(block), block_id: block.block_id ?? shortId() }));
}

function named(block: AnyBlock): AnyBlock {
  const filled: Record<string, unknown> & AnyBlock = { ...block };
  for (const place of ["accessory", "element"]) {
    if (place in filled) filled[place] = withActionId(filled[place]);
  }
  for (const place of ["elements", "actions"]) {
    const elements = filled[place];
    if (Array.isArray(elements)) filled[place] = elements.map(withActionId);
  }
  return filled;
}

const PASSIVE: readonly unknown[] = ["image", "mrkdwn", "plain_text"];

function withActionId(element: unknown): unknown {
  if (!isFields(element) || PASSIVE.includes(element["type"]) || String(element["type"]).startsWith("rich_text_"))
    return element;
  return { ...element, action_id: element["action_id"] ?? shortId() };
}

function shortId(): string {
  return randomBytes(4).toString("base64url").slice(0, 5);
}
