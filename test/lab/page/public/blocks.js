import { el } from "./element.js";
import { inputBlock } from "./input-block.js";
import { button, menu, options } from "./interactive.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./rich-text.js";
import { unknown } from "./unknown.js";

/**
 * Nodes for Block Kit blocks. `surface` is where they stand:
 * `names.person(id)`, `names.channel(id)`: how those are called; `act(actionId, chosen)`: what a click does, resolving
 * to Slack's answer; `fields`: in a modal, the list that every field is added to.
 */
export function blockNodes(blocks, surface) {
  return blocks.map((block) => {
    const node = blockNode(block, surface);
    node.classList.add("block");
    if (block.block_id) node.dataset.blockId = block.block_id;
    return node;
  });
}

function blockNode(block, surface) {
  switch (block.type) {
    case "header":
      return el("h3", { class: "header-block" }, block.text.text);
    case "section":
      return section(block, surface);
    case "context":
      return el(
        "div",
        { class: "context-block" },
        block.elements.map((one) => contextPart(one, surface)),
      );
    case "divider":
      return el("hr", { class: "divider-block" });
    case "actions":
      return el(
        "div",
        { class: "actions-block" },
        block.elements.map((one) => control(one, block, surface)),
      );
    case "input":
      return inputBlock(block, surface);
    case "rich_text":
      return el("div", { class: "rich-text-block" }, richText(block.elements, surface.names));
    case "table":
      return table(block, surface);
    default:
      return unknown(block.type);
  }
}

function section(block, surface) {
  const accessory = block.accessory && el("div", { class: "accessory" }, control(block.accessory, block, surface));
  return el(
    "div",
    { class: "section-block" },
    el(
      "div",
      { class: "section-body" },
      block.text && el("div", { class: "prose" }, textNodes(block.text, surface)),
      block.fields &&
        el(
          "div",
          { class: "fields" },
          block.fields.map((field) => el("div", { class: "prose" }, textNodes(field, surface))),
        ),
    ),
    accessory,
  );
}

function contextPart(part, surface) {
  if (part.type === "plain_text" || part.type === "mrkdwn")
    return el("span", { class: "prose" }, textNodes(part, surface));
  return unknown(part.type);
}

function control(element, block, surface) {
  switch (element.type) {
    case "button":
      return button(element, block, surface);
    case "static_select":
      return menu(element, block, surface);
    case "radio_buttons":
    case "checkboxes":
      return options(element, block, surface);
    default:
      return unknown(element.type);
  }
}

function table(block, surface) {
  const [head = [], ...rows] = block.rows;
  const aligned = (at) => `align-${block.column_settings?.[at]?.align ?? "left"}`;
  const row = (tag, cells) =>
    el(
      "tr",
      {},
      cells.map((cell, at) => el(tag, { class: aligned(at) }, cellNodes(cell, surface))),
    );
  return el(
    "div",
    { class: "table-block", tabindex: "0", role: "region", "aria-label": "Table" },
    el(
      "table",
      {},
      el("thead", {}, row("th", head)),
      el(
        "tbody",
        {},
        rows.map((cells) => row("td", cells)),
      ),
    ),
  );
}

function cellNodes(cell, surface) {
  switch (cell.type) {
    case "raw_text":
    case "raw_number":
      return cell.text ?? String(cell.value);
    case "rich_text":
      return richText(cell.elements, surface.names);
    default:
      return unknown(cell.type);
  }
}

function textNodes(text, surface) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, surface.names) : text.text;
}
