import assert from "node:assert/strict";
import { type FakeElement, installFakeDocument, outlineOf } from "./fake-document.ts";

type Nodes = readonly (FakeElement | string)[];
interface Names {
  person(id: string): string | undefined;
  channel(id: string): string | undefined;
}
interface Surface {
  readonly names: Names;
  readonly fields?: { readonly block: unknown; readonly element: unknown; read(): string }[];
  act(): Promise<{ ok: boolean }>;
}

const browser = (name: string) => import(new URL(`./public/${name}.js`, import.meta.url).href);
const { mrkdwn }: { mrkdwn(text: string, names: Names): Nodes } = await browser("mrkdwn");
const { blockNodes }: { blockNodes(blocks: readonly object[], surface: Surface): FakeElement[] } =
  await browser("blocks");
const { faultOf }: { faultOf(field: object): string | undefined } = await browser("input-block");

const names: Names = {
  person: (id) => (id === "U1" ? "Alice Adams" : undefined),
  channel: (id) => (id === "C1" ? "incident" : undefined),
};
const text = (words: string) => ({ type: "plain_text", text: words });

describe("what the page draws", () => {
  let remove: () => void;
  before(() => {
    remove = installFakeDocument();
  });
  after(() => remove());

  const drawn = (mark: string) => outlineOf(mrkdwn(mark, names), "href");
  const blocks = (...given: readonly object[]) => blockNodes(given, { names, act: async () => ({ ok: true }) });

  for (const [mark, outline] of [
    ["plain", "plain"],
    ["*bold* and _em_ and ~no~", "<strong>bold</strong> and <em>em</em> and <s>no</s>"],
    ["*_both_*", "<strong><em>both</em></strong>"],
    ["a * b * c", "a * b * c"],
    ["*no*where, and 2*3*4", "*no*where, and 2*3*4"],
    ["snake_case_name", "snake_case_name"],
    ["`*code*`", "<code>*code*</code>"],
    ["```\nkubectl *x*\n```", "<pre>kubectl *x*</pre>"],
    ["one\ntwo", "one<br></br>two"],
    ["&gt; said\nnot", "<blockquote>said</blockquote>not"],
    ["<@U1> in <#C1>", "<span>@Alice Adams</span> in <span>#incident</span>"],
    ["<@U9|mallory>", "<span>@mallory</span>"],
    ["<!channel>", "<span>@channel</span>"],
    ["<https://example.com/a?b&amp;c|the page>", "<a href=https://example.com/a?b&c>the page</a>"],
  ] as const)
    it(`reads ${JSON.stringify(mark)} as Slack does`, () => {
      assert.equal(drawn(mark), outline);
    });

  for (const mark of [
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt;",
    "&lt;img src=x onerror=alert(1)&gt;",
  ])
    it(`leaves ${mark} the text it is`, () => {
      const nodes = mrkdwn(mark, names);
      assert.ok(nodes.every((node) => typeof node === "string"));
      assert.equal(nodes.join(""), mark.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
    });

  it("wraps a preformatted line, and lets several scroll", () => {
    const pre = (words: string) => ({ type: "rich_text_preformatted", elements: [{ type: "text", text: words }] });
    const drawing = outlineOf(blocks({ type: "rich_text", elements: [pre("one"), pre("a\nb")] }), "class", "tabindex");
    assert.match(drawing, /<pre class=one-line>one<\/pre><pre tabindex=0>a\nb<\/pre>/);
  });

  for (const address of [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//evil.example",
  ])
    it(`makes no link of ${address}, in mrkdwn or in rich text`, () => {
      assert.doesNotMatch(drawn(`<${address}|click>`), /<a/);
      const link = { type: "link", url: address, text: "click" };
      const section = { type: "rich_text_section", elements: [link] };
      assert.doesNotMatch(outlineOf(blocks({ type: "rich_text", elements: [section] })), /<a/);
    });

  it("parses nothing in rich text", () => {
    const elements = [{ type: "text", text: "<@U1> *x* <b>" }];
    const [block] = blocks({ type: "rich_text", elements: [{ type: "rich_text_section", elements }] });
    assert.equal(block?.outline(), "<div><p><@U1> *x* <b></p></div>");
  });

  it("puts a nested list into the item it belongs to", () => {
    const item = (words: string) => ({ type: "rich_text_section", elements: [{ type: "text", text: words }] });
    const list = (indent: number, words: string) => ({
      type: "rich_text_list",
      style: "bullet",
      indent,
      elements: [item(words)],
    });
    const [block] = blocks({ type: "rich_text", elements: [list(0, "one"), list(1, "inner"), list(0, "two")] });
    assert.equal(block?.outline(), "<div><ul><li>one<ul><li>inner</li></ul></li></ul><ul><li>two</li></ul></div>");
  });

  it("shows in red what it cannot draw, wherever it stands, and never leaves it out", () => {
    const strange = { type: "hologram" };
    const places = [
      strange,
      { type: "actions", elements: [strange] },
      { type: "context", elements: [strange] },
      { type: "section", text: text("x"), accessory: strange },
      { type: "input", label: text("x"), element: strange },
      { type: "rich_text", elements: [strange] },
      { type: "rich_text", elements: [{ type: "rich_text_section", elements: [strange] }] },
      { type: "table", rows: [[strange]] },
    ];
    for (const block of places) {
      const outline = outlineOf(blocks(block), "class");
      assert.match(outline, /class=unknown[^>]*>Cannot be shown here: hologram/, JSON.stringify(block));
    }
  });

  it("gives a button its words and its action", () => {
    const element = { type: "button", action_id: "review", text: text("Review"), style: "primary" };
    const [block] = blocks({ type: "actions", block_id: "b1", elements: [element] });
    const button = block?.lastElementChild;
    assert.deepEqual(
      [button?.textContent, button?.dataset["actionId"], button?.className],
      ["Review", "review", "button primary"],
    );
    assert.equal(block?.dataset["blockId"], "b1");
  });

  describe("in a form", () => {
    const fields: NonNullable<Surface["fields"]> = [];
    const form = (...given: readonly object[]) => {
      fields.length = 0;
      return blockNodes(given, { names, fields, act: async () => ({ ok: true }) });
    };
    const codeBlock = {
      type: "input",
      block_id: "code",
      label: text("Code"),
      element: { type: "plain_text_input", action_id: "code", min_length: 6, max_length: 7 },
    };

    it("takes a short text of six characters or more for a code, and no other", () => {
      const isCode = (element: object) => outlineOf(form({ ...codeBlock, element }), "class").includes("code-input");
      assert.ok(isCode(codeBlock.element));
      assert.ok(!isCode({ ...codeBlock.element, max_length: 300 }));
      assert.ok(!isCode({ ...codeBlock.element, multiline: true }));
    });

    it("says before sending what is missing or too short", () => {
      form(codeBlock);
      const [field] = fields;
      assert.ok(field);
      const faultWith = (value: string) => faultOf({ ...field, read: () => value });
      assert.equal(faultWith(""), "Please complete this required field.");
      assert.equal(faultWith("123"), "Enter at least 6 characters.");
      assert.equal(faultWith("123456"), undefined);
      assert.equal(faultOf({ ...field, block: { ...codeBlock, optional: true }, read: () => "" }), undefined);
    });
  });
});
