import { isFields, listIn } from "../json.ts";
import {
  anyText,
  anything,
  type Check,
  characters,
  faultsOf,
  flag,
  list,
  mrkdwnText,
  oneOf,
  plainText,
  shape,
  variants,
  wholeNumber,
} from "./checks.ts";
import { ACCESSORIES, ACTION_ELEMENTS, BUTTON, IMAGE, INPUT_ELEMENTS } from "./element-rules.ts";
import { richText } from "./rich-text-rules.ts";

/** Limits of Block Kit's blocks: the `Maximum ...` lines of @slack/types 3.2 and facts/slack.md section 3. */
const base = { block_id: characters(255) };
const image = variants({ image: IMAGE });
const cell = variants({
  rich_text: richText,
  raw_text: shape({ text: characters(10_000, 1) }, ["text"]),
  raw_number: shape({ value: anything, text: characters(10_000, 1) }, ["value", "text"]),
});
const card = shape({
  ...base,
  hero_image: image,
  icon: image,
  title: mrkdwnText(150),
  subtitle: mrkdwnText(150),
  body: mrkdwnText(200),
  actions: list(variants({ button: BUTTON }), 25),
});
const taskCard = shape(
  {
    ...base,
    task_id: characters(255, 1),
    title: characters(3000, 1),
    details: variants({ rich_text: richText }),
    output: variants({ rich_text: richText }),
    sources: anything,
    status: oneOf("pending", "in_progress", "complete", "error"),
  },
  ["task_id", "title", "status"],
);

const section: Check = (value, at, report) => {
  const fields = list(anyText(2000), 10, 1);
  shape({ ...base, text: anyText(3000), fields, accessory: variants(ACCESSORIES), expand: flag })(value, at, report);
  if (isFields(value) && value["text"] === undefined && value["fields"] === undefined)
    report("must define either `text` or `fields`", at);
};

const everywhere: Readonly<Record<string, Check>> = {
  section,
  header: shape({ ...base, text: plainText(150) }, ["text"]),
  divider: shape(base),
  context: shape(
    { ...base, elements: list(variants({ image: IMAGE, plain_text: anyText(3000), mrkdwn: anyText(3000) }), 10, 1) },
    ["elements"],
  ),
  actions: shape({ ...base, elements: list(variants(ACTION_ELEMENTS), 25, 1) }, ["elements"]),
  image: shape(
    {
      ...base,
      image_url: characters(3000),
      slack_file: anything,
      alt_text: characters(2000),
      title: plainText(2000),
    },
    ["alt_text"],
  ),
  input: shape(
    {
      ...base,
      label: plainText(2000),
      hint: plainText(2000),
      optional: flag,
      dispatch_action: flag,
      element: variants(INPUT_ELEMENTS),
    },
    ["label", "element"],
  ),
  rich_text: richText,
  video: anything,
  alert: shape({ ...base, text: anyText(200), level: oneOf("default", "info", "warning", "error", "success") }, [
    "text",
  ]),
  card,
  carousel: shape({ ...base, elements: list(variants({ card }), 10, 1) }, ["elements"]),
};

const childBlocks = [
  "actions",
  "context",
  "divider",
  "header",
  "image",
  "input",
  "rich_text",
  "section",
  "video",
] as const;
const container = shape(
  {
    ...base,
    title: plainText(150),
    rich_text_title: variants({ rich_text: richText }),
    subtitle: anyText(150),
    child_blocks: list(
      variants(Object.fromEntries(childBlocks.map((type) => [type, everywhere[type] ?? anything]))),
      10,
      1,
    ),
    width: oneOf("narrow", "standard", "wide", "full"),
    icon: image,
    is_collapsible: flag,
    default_collapsed: flag,
    has_header_divider: flag,
  },
  ["child_blocks"],
);

const MODAL_BLOCKS = variants({ ...everywhere, container });
const MESSAGE_BLOCKS = variants({
  ...everywhere,
  container,
  file: anything,
  markdown: shape({ ...base, text: characters(12_000, 1) }, ["text"]),
  table: shape({ ...base, rows: list(list(cell, 20), 100, 1), column_settings: list(anything, 20) }, ["rows"]),
  data_table: shape(
    {
      ...base,
      rows: list(list(cell, 20), 100, 1),
      caption: characters(3000),
      page_size: wholeNumber(1, 100),
      row_header_column_index: wholeNumber(0, 19),
    },
    ["rows", "caption"],
  ),
  context_actions: shape({ ...base, elements: list(anything, 5, 1) }, ["elements"]),
  task_card: taskCard,
  plan: shape({ ...base, title: characters(3000, 1), tasks: list(anything, 100) }, ["title"]),
});

/** Faults of a message's blocks: 50 at most, and at most one table. */
export function faultsOfMessageBlocks(blocks: unknown): string[] {
  const tables = listIn(blocks).filter((block) => isFields(block) && block["type"] === "table");
  return [
    ...faultsOf(list(MESSAGE_BLOCKS, 50), blocks, "/blocks"),
    ...(tables.length > 1 ? ["only one table allowed [json-pointer:/blocks]"] : []),
    ...faultsOfIds(blocks, "/blocks"),
  ];
}

/** Faults of a modal's blocks: 100 at most. */
export function faultsOfModalBlocks(blocks: unknown, at: string): string[] {
  return [...faultsOf(list(MODAL_BLOCKS, 100), blocks, at), ...faultsOfIds(blocks, at)];
}

/** block_id must be unique among the blocks, action_id within its block. */
function faultsOfIds(blocks: unknown, at: string): string[] {
  const faults: string[] = [];
  const blockIds = new Set<unknown>();
  for (const [index, block] of listIn(blocks).entries()) {
    if (!isFields(block)) continue;
    const blockId = block["block_id"];
    if (blockId !== undefined && blockIds.has(blockId))
      faults.push(`\`block_id\` already exists: ${String(blockId)} [json-pointer:${at}/${index}/block_id]`);
    blockIds.add(blockId);
    const actionIds = new Set<unknown>();
    for (const [place, element] of listIn(block["elements"]).entries()) {
      const actionId = isFields(element) ? element["action_id"] : undefined;
      if (actionId !== undefined && actionIds.has(actionId))
        faults.push(
          `\`action_id\` already exists: ${String(actionId)} [json-pointer:${at}/${index}/elements/${place}]`,
        );
      actionIds.add(actionId);
    }
  }
  return faults;
}
