import { el } from "./element.js";
import { freshId, menu, options } from "./interactive.js";
import { unknown } from "./unknown.js";

/** A labelled field of a modal, with its hint and a place for its error. */
export function inputBlock(block, surface) {
  const id = freshId("field");
  const { element } = block;
  const before = surface.fields?.length ?? 0;
  const control = fieldControl(block, surface, `${id}-label`);
  const field = surface.fields?.[before];
  const single = control.matches("input, textarea, select");
  if (single) control.id = id;
  const error = el("p", { class: "field-error", id: `${id}-error`, role: "alert" });
  const hint = block.hint && el("p", { class: "field-hint", id: `${id}-hint` }, block.hint.text);
  control.setAttribute("aria-describedby", [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" "));
  if (field) field.showError = (words) => showError(control, error, words);
  return el(
    "div",
    { class: "input-block", data: { element: element.type } },
    el(
      single ? "label" : "div",
      { class: "field-label", id: `${id}-label`, for: single ? id : undefined },
      block.label.text,
      block.optional && el("span", { class: "optional" }, " (optional)"),
    ),
    control,
    error,
    hint,
  );
}

function fieldControl(block, surface, labelledBy) {
  const { element } = block;
  switch (element.type) {
    case "plain_text_input":
      return textInput(element, block, surface);
    case "static_select":
      return menu(element, block, surface, { input: true });
    case "radio_buttons":
    case "checkboxes":
      return options(element, block, surface, { input: true, labelledBy });
    default:
      return unknown(element.type);
  }
}

function textInput(element, block, surface) {
  const code = isCodeField(element);
  const node = el(element.multiline ? "textarea" : "input", {
    class: code ? "text-input code-input" : "text-input",
    type: element.multiline ? undefined : "text",
    rows: element.multiline ? "3" : undefined,
    inputmode: code ? "numeric" : undefined,
    autocomplete: "off",
    spellcheck: code ? "false" : undefined,
    maxlength: String(element.max_length ?? 3000),
    placeholder: element.placeholder?.text,
    data: {
      actionId: element.action_id,
      blockId: block.block_id,
      code: code ? "true" : undefined,
      testid: code ? "code-input" : undefined,
    },
  });
  node.value = element.initial_value ?? "";
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

/** A short, single line of at least six characters is taken for an authenticator's code. */
function isCodeField({ multiline, min_length: least = 0, max_length: most = 3000 }) {
  return !multiline && least >= 6 && most <= 8;
}

function showError(control, place, words) {
  place.textContent = words;
  if (words) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** What Slack's client says before anything is sent; undefined when the field may be submitted as it is. */
export function faultOf({ block, element, read }) {
  const value = read();
  if (block.type !== "input") return undefined;
  if (value === "") return block.optional ? undefined : "Please complete this required field.";
  if (element.type === "plain_text_input" && value.length < (element.min_length ?? 0))
    return `Enter at least ${element.min_length} characters.`;
  return undefined;
}
