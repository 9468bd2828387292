import { el } from "./element.js";
import { link, mention } from "./mrkdwn.js";
import { slackDate } from "./slack-date.js";
import { unknown } from "./unknown.js";

/** Nodes for the elements of a `rich_text` block: nothing in them is parsed. */
export function richText(elements, names) {
  const nodes = [];
  const lists = [];
  for (const element of elements) {
    if (element.type !== "rich_text_list") lists.length = 0;
    const node = part(element, names);
    if (element.type === "rich_text_list") nestList(nodes, lists, element.indent ?? 0, node);
    else nodes.push(node);
  }
  return nodes;
}

function part(element, names) {
  const inside = (elements) => elements.map((one) => inline(one, names));
  switch (element.type) {
    case "rich_text_section":
      return el("p", {}, inside(element.elements));
    case "rich_text_preformatted":
      return preformatted(element.elements, inside(element.elements));
    case "rich_text_quote":
      return el("blockquote", {}, inside(element.elements));
    case "rich_text_list":
      return el(
        element.style === "ordered" ? "ol" : "ul",
        element.offset ? { start: String(element.offset + 1) } : {},
        element.elements.map((item) => el("li", {}, inside(item.elements ?? []))),
      );
    default:
      return unknown(element.type);
  }
}

/** A single line, such as a command, wraps and is whole at a glance; several are a table, which scrolls sideways. */
function preformatted(elements, nodes) {
  const isTable = elements.some(({ text = "" }) => text.trim().includes("\n"));
  return el("pre", isTable ? { tabindex: "0" } : { class: "one-line" }, nodes);
}

/** Slack keeps a nested list flat, with an indent; here it stands in the item it belongs to. */
function nestList(nodes, lists, indent, node) {
  lists.length = Math.min(lists.length, indent);
  const parent = lists.at(-1)?.lastElementChild;
  if (parent) parent.append(node);
  else nodes.push(node);
  lists[indent] = node;
}

function inline(element, names) {
  switch (element.type) {
    case "text":
      return styled(element.text, element.style);
    case "link":
      return styled(link(element.url, element.text ?? element.url) ?? element.text ?? element.url, element.style);
    case "user":
      return mention(`@${names.person(element.user_id) ?? element.user_id}`);
    case "channel":
      return mention(`#${names.channel(element.channel_id) ?? element.channel_id}`);
    case "usergroup":
      return mention(`@${element.usergroup_id}`);
    case "broadcast":
      return mention(`@${element.range}`, "loud");
    case "date":
      return el("span", { class: "date" }, slackDate(element.timestamp, element.format) ?? element.fallback ?? "");
    case "emoji":
      return `:${element.name}:`;
    default:
      return unknown(element.type);
  }
}

function styled(content, style = {}) {
  let node = content;
  if (style.code) node = el("code", {}, node);
  if (style.strike) node = el("s", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.bold) node = el("strong", {}, node);
  return node;
}
