import { confirmed } from "./confirm.js";
import { el } from "./element.js";
import { mrkdwn } from "./mrkdwn.js";

let count = 0;

/** An id no other element of the page has. */
export function freshId(what) {
  count += 1;
  return `${what}-${count}`;
}

export function button(element, block, surface) {
  const node = el(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`.trim(),
      "aria-label": element.accessibility_label,
      data: { actionId: element.action_id, blockId: block.block_id },
      on: { click: () => press(node, element, block, surface) },
    },
    element.text.text,
  );
  return node;
}

async function press(node, element, block, surface) {
  if (node.getAttribute("aria-disabled") === "true") return;
  if (element.confirm && !(await confirmed(element.confirm, surface.names))) return;
  if (/^https?:/i.test(element.url ?? "")) window.open(element.url, "_blank", "noopener,noreferrer");
  await whileBusy(node, () => surface.act(element.action_id, undefined, block.block_id));
}

/** A menu in a message acts at once; one in a modal's input waits for the submission. */
export function menu(element, block, surface, { input = false } = {}) {
  const initial = element.initial_option?.value ?? "";
  const groups = element.option_groups;
  const node = el(
    "select",
    {
      class: "menu",
      "aria-label": input ? undefined : (element.placeholder?.text ?? "Choose"),
      data: { actionId: element.action_id, blockId: block.block_id },
      on: input ? {} : { change: () => choose(node, element, node.value, block, surface) },
    },
    el("option", { value: "" }, element.placeholder?.text ?? "Choose…"),
    groups
      ? groups.map((group) => el("optgroup", { label: group.label.text }, group.options.map(optionNode)))
      : element.options.map(optionNode),
  );
  node.value = initial;
  surface.fields?.push({
    block,
    element,
    node,
    read: () => node.value,
    write: (value) => {
      node.value = value;
    },
  });
  return node;
}

function optionNode(option) {
  return el("option", { value: option.value }, option.text.text);
}

/** Radio buttons and checkboxes: a group of labelled boxes with their descriptions. */
export function options(element, block, surface, { input = false, labelledBy } = {}) {
  const many = element.type === "checkboxes";
  const initial = many ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean);
  const name = freshId("options");
  const boxes = element.options.map((option) =>
    el("input", {
      type: many ? "checkbox" : "radio",
      name,
      value: option.value,
      checked: initial.some(({ value }) => value === option.value),
    }),
  );
  const chosen = () =>
    boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(",");
  const node = el(
    "div",
    {
      class: "options",
      role: many ? "group" : "radiogroup",
      "aria-labelledby": labelledBy,
      data: { actionId: element.action_id, blockId: block.block_id },
      on: input ? {} : { change: () => choose(node, element, chosen(), block, surface) },
    },
    element.options.map((option, at) =>
      el(
        "label",
        { class: "option" },
        boxes[at],
        el(
          "span",
          {},
          words(option.text, surface),
          option.description && el("small", {}, words(option.description, surface)),
        ),
      ),
    ),
  );
  const write = (value) => {
    for (const box of boxes) box.checked = value.split(",").includes(box.value);
  };
  surface.fields?.push({ block, element, node, focus: () => boxes[0]?.focus(), read: chosen, write });
  return node;
}

async function choose(node, element, chosen, block, surface) {
  if (element.confirm && !(await confirmed(element.confirm, surface.names))) return;
  await whileBusy(node, () => surface.act(element.action_id, chosen, block.block_id));
}

function words(text, surface) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, surface.names) : text.text;
}

/** Nothing is sent twice by an impatient hand; the focus stays where it is. */
export async function whileBusy(node, work) {
  node.setAttribute("aria-disabled", "true");
  node.classList.add("busy");
  try {
    return await work();
  } finally {
    node.removeAttribute("aria-disabled");
    node.classList.remove("busy");
  }
}
