import type { AnyBlock, MessageMetadata } from "@slack/types";
import { withIds } from "../block-kit/block-ids.ts";
import { faultsOfMessageBlocks } from "../block-kit/block-rules.ts";
import { isFields } from "../json.ts";
import type { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal, refusalOf } from "./api-refusal.ts";

/** chat.postMessage cuts a longer text (chat.postMessage's `text`: "no more than 40,000 characters"). */
const LONGEST_TEXT = 40_000;

/** Blocks of more JSON bytes are refused: facts/slack.md section 3 measured "about 13k". */
const LARGEST_BLOCKS = 13_200;

/** What a message says. */
export interface Content {
  readonly text: string | undefined;
  readonly blocks: AnyBlock[] | undefined;
}

/** Text and blocks of a call. Refuses blocks beyond Slack's limits, and a message that says nothing. */
export function contentOf(args: ApiArguments): Content {
  const text = (args.text("text") ?? args.text("markdown_text"))?.slice(0, LONGEST_TEXT);
  const blocks = blocksOf(args.value("blocks"));
  const says = text || (blocks?.length ?? 0) > 0 || args.value("attachments") !== undefined;
  if (!says) throw new ApiRefusal("no_text");
  return { text, blocks };
}

function blocksOf(value: unknown): AnyBlock[] | undefined {
  if (value === undefined) return undefined;
  if (!areBlocks(value)) throw new ApiRefusal("invalid_blocks_format");
  const faults = faultsOfMessageBlocks(value);
  if (faults.length > 0) throw refusalOf("invalid_blocks", faults);
  if (Buffer.byteLength(JSON.stringify(value)) > LARGEST_BLOCKS) throw new ApiRefusal("msg_blocks_too_long");
  return withIds(value);
}

/** Objects in a list; what is in them is judged by the block rules. */
function areBlocks(value: unknown): value is AnyBlock[] {
  return Array.isArray(value) && value.every(isFields);
}

/** The metadata of a call: absent, taken away with an empty object, or an event. */
export function metadataOf(args: ApiArguments): MessageMetadata | "none" | undefined {
  const value = args.value("metadata");
  if (value === undefined) return undefined;
  if (!isFields(value)) throw new ApiRefusal("invalid_metadata_format");
  if (Object.keys(value).length === 0) return "none";
  if (!isMetadata(value)) throw new ApiRefusal("invalid_metadata_schema");
  return value;
}

function isMetadata(value: unknown): value is MessageMetadata {
  return isFields(value) && typeof value["event_type"] === "string" && isFields(value["event_payload"]);
}
