import assert from "node:assert/strict";
import { faultsOfMessageBlocks, faultsOfModalBlocks } from "./block-kit/block-rules.ts";
import { readModal } from "./block-kit/view-rules.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const letters = (count: number) => "x".repeat(count);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const button = (over: object = {}) => ({ type: "button", text: plain("Go"), ...over });
const section = (over: object = {}) => ({ type: "section", text: mrkdwn("x"), ...over });
const input = (element: object, over: object = {}) => ({ type: "input", label: plain("Label"), element, ...over });
const option = (over: object = {}) => ({ text: plain("One"), value: "1", ...over });

/** [what, exactly at the limit, one past it] */
const LIMITS: readonly (readonly [string, (size: number) => object, number])[] = [
  ["a section's text", (size) => section({ text: mrkdwn(letters(size)) }), 3000],
  ["a section's fields", (size) => section({ fields: times(size, () => plain("x")) }), 10],
  ["a section field", (size) => section({ fields: [plain(letters(size))] }), 2000],
  ["a header", (size) => ({ type: "header", text: plain(letters(size)) }), 150],
  ["a context's elements", (size) => ({ type: "context", elements: times(size, () => plain("x")) }), 10],
  ["an actions block", (size) => ({ type: "actions", elements: times(size, () => button()) }), 25],
  ["a button's text", (size) => ({ type: "actions", elements: [button({ text: plain(letters(size)) })] }), 75],
  ["a button's value", (size) => ({ type: "actions", elements: [button({ value: letters(size) })] }), 2000],
  ["a button's url", (size) => ({ type: "actions", elements: [button({ url: letters(size) })] }), 3000],
  ["an action_id", (size) => ({ type: "actions", elements: [button({ action_id: letters(size) })] }), 255],
  ["a block_id", (size) => section({ block_id: letters(size) }), 255],
  [
    "a confirmation's title",
    (size) => section({ accessory: button({ confirm: { title: plain(letters(size)), text: plain("Sure?") } }) }),
    100,
  ],
  ["a confirmation's text", (size) => section({ accessory: button({ confirm: { text: plain(letters(size)) } }) }), 300],
  [
    "a menu's options",
    (size) => section({ accessory: { type: "static_select", options: times(size, () => option()) } }),
    100,
  ],
  [
    "an option's text",
    (size) => section({ accessory: { type: "static_select", options: [option({ text: plain(letters(size)) })] } }),
    75,
  ],
  [
    "an option's value",
    (size) => section({ accessory: { type: "static_select", options: [option({ value: letters(size) })] } }),
    150,
  ],
  ["an overflow menu", (size) => section({ accessory: { type: "overflow", options: times(size, () => option()) } }), 5],
  [
    "radio buttons",
    (size) => section({ accessory: { type: "radio_buttons", options: times(size, () => option()) } }),
    10,
  ],
  ["a label", (size) => input({ type: "plain_text_input" }, { label: plain(letters(size)) }), 2000],
  ["an input's max_length", (size) => input({ type: "plain_text_input", max_length: size }), 3000],
  ["a markdown block", (size) => ({ type: "markdown", text: letters(size) }), 12_000],
  ["a table's rows", (size) => ({ type: "table", rows: times(size, () => [{ type: "raw_text", text: "x" }]) }), 100],
  [
    "a table's columns",
    (size) => ({ type: "table", rows: [times(size, () => ({ type: "raw_text", text: "x" }))] }),
    20,
  ],
  ["an alert", (size) => ({ type: "alert", text: plain(letters(size)) }), 200],
];

describe("the Slack double's Block Kit", () => {
  for (const [what, make, limit] of LIMITS)
    it(`takes ${what} up to ${limit}, and not past it`, () => {
      assert.deepEqual(faultsOfMessageBlocks([make(limit)]), []);
      assert.equal(faultsOfMessageBlocks([make(limit + 1)]).length, 1);
    });

  it("takes 50 blocks in a message and 100 in a modal", () => {
    const dividers = (count: number) => times(count, () => ({ type: "divider" }));
    assert.deepEqual(faultsOfMessageBlocks(dividers(50)), []);
    assert.deepEqual(faultsOfMessageBlocks(dividers(51)), ["no more than 50 items allowed [json-pointer:/blocks]"]);
    assert.deepEqual(faultsOfModalBlocks(dividers(100), "/view/blocks"), []);
    assert.equal(faultsOfModalBlocks(dividers(101), "/view/blocks").length, 1);
  });

  for (const [what, block, fault] of [
    ["an unknown block", { type: "marquee" }, "unsupported type: marquee [json-pointer:/blocks/0/type]"],
    [
      "a block's type inherited from nowhere",
      { type: "toString" },
      "unsupported type: toString [json-pointer:/blocks/0/type]",
    ],
    ["a block without a type", {}, "missing required field: type [json-pointer:/blocks/0]"],
    [
      "an empty text",
      section({ text: mrkdwn("") }),
      "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ],
    ["an empty section", { type: "section" }, "must define either `text` or `fields` [json-pointer:/blocks/0]"],
    [
      "a field Slack does not know",
      section({ colour: "red" }),
      "invalid additional property: colour [json-pointer:/blocks/0]",
    ],
    [
      "mrkdwn in a header",
      { type: "header", text: mrkdwn("x") },
      "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ],
    [
      "an input among actions",
      { type: "actions", elements: [{ type: "plain_text_input" }] },
      "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ],
    [
      "a green button",
      { type: "actions", elements: [button({ style: "green" })] },
      "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ],
  ] as const)
    it(`refuses ${what}, saying where`, () => {
      assert.deepEqual(faultsOfMessageBlocks([block]), [fault]);
    });

  it("refuses an id used twice, and a second table", () => {
    const twice = [section({ block_id: "a" }), section({ block_id: "a" })];
    assert.match(faultsOfMessageBlocks(twice).join(), /`block_id` already exists: a/);
    const actions = { type: "actions", elements: [button({ action_id: "a" }), button({ action_id: "a" })] };
    assert.match(faultsOfMessageBlocks([actions]).join(), /`action_id` already exists: a/);
    const table = { type: "table", rows: [[{ type: "raw_text", text: "x" }]] };
    assert.match(faultsOfMessageBlocks([table, table]).join(), /only one table/);
  });

  it("takes rich text, and refuses an empty piece of it", () => {
    const rich = (text: string) => ({
      type: "rich_text",
      elements: [
        {
          type: "rich_text_section",
          elements: [
            { type: "text", text: "a", style: { bold: true } },
            { type: "user", user_id: "U1" },
          ],
        },
        { type: "rich_text_preformatted", elements: [{ type: "text", text }], border: 0 },
        { type: "rich_text_list", style: "bullet", elements: [{ type: "rich_text_section", elements: [] }] },
      ],
    });
    assert.deepEqual(faultsOfMessageBlocks([rich("kubectl")]), []);
    assert.equal(faultsOfMessageBlocks([rich("")]).length, 1);
  });

  it("takes a plan with its tasks and a container with its children", () => {
    const task = { type: "task_card", task_id: "t1", title: "Claimed", status: "complete" };
    const plan = { type: "plan", title: "Progress", tasks: [task] };
    const container = { type: "container", title: plain("Details"), is_collapsible: true, child_blocks: [section()] };
    assert.deepEqual(faultsOfMessageBlocks([plan, task, container]), []);
    assert.equal(faultsOfMessageBlocks([{ ...container, child_blocks: [plan] }]).length, 1);
  });
});

describe("the Slack double's modals", () => {
  const modal = (over: object = {}) => ({ type: "modal", title: plain("Title"), blocks: [section()], ...over });
  const faults = (view: object) => {
    const read = readModal(view);
    return "faults" in read ? read.faults : [];
  };

  it("take what Slack takes", () => {
    assert.deepEqual(faults(modal({ close: plain("No"), private_metadata: letters(3000), notify_on_close: true })), []);
  });

  for (const [what, over, limit] of [
    ["title", (size: number) => ({ title: plain(letters(size)) }), 24],
    ["submit", (size: number) => ({ submit: plain(letters(size)) }), 24],
    ["close", (size: number) => ({ close: plain(letters(size)) }), 24],
    ["private_metadata", (size: number) => ({ private_metadata: letters(size) }), 3000],
    ["callback_id", (size: number) => ({ callback_id: letters(size) }), 255],
  ] as const)
    it(`take ${what} up to ${limit} characters`, () => {
      assert.deepEqual(faults(modal(over(limit))), []);
      assert.equal(faults(modal(over(limit + 1))).length, 1);
    });

  it("need a submit button when they ask for something", () => {
    const asking = { blocks: [input({ type: "plain_text_input" })] };
    assert.deepEqual(faults(modal(asking)), ["missing required field: submit [json-pointer:/view]"]);
    assert.deepEqual(faults(modal({ ...asking, submit: plain("Go") })), []);
  });

  it("hold no markdown block and no table", () => {
    assert.equal(faults(modal({ blocks: [{ type: "markdown", text: "x" }] })).length, 1);
  });
});
