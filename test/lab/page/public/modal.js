import { blockNodes } from "./blocks.js";
import { el, icon } from "./element.js";
import { faultOf } from "./input-block.js";
import { whileBusy } from "./interactive.js";

/**
 * One open view. `doing`: `names`, `click(where, actionId, chosen)`, `submit(view, values)` and `close(view)`, each
 * resolving to Slack's answer. `kept` is what was typed into an earlier state of this view.
 */
export function createModal({ id, view }, doing, kept = {}) {
  const fields = [];
  const fault = el("p", { class: "fault", role: "alert" });
  const surface = {
    names: doing.names,
    fields,
    act: (actionId, chosen) => told(doing.click({ view: id }, actionId, chosen)),
  };
  const body = el("div", { class: "modal-body", tabindex: "-1" }, withAsked(blockNodes(view.blocks, surface)));
  body.addEventListener("scroll", tellMore, { passive: true });
  for (const field of fields) {
    const value = kept[keyOf(field)];
    if (value !== undefined) field.write(value);
  }
  const submitButton =
    view.submit &&
    el("button", { type: "submit", class: "button primary", data: { testid: "modal-submit" } }, view.submit.text);
  const close = () => told(doing.close(id));
  const leave = el(
    "button",
    { type: "button", class: "button", data: { testid: "modal-leave" }, on: { click: close } },
    view.close?.text ?? "Close",
  );
  const node = el(
    "form",
    {
      class: "modal",
      role: "dialog",
      "aria-label": view.title.text,
      novalidate: true,
      data: { testid: "modal", view: id },
    },
    el(
      "header",
      { class: "modal-head" },
      icon("mark"),
      el("h2", {}, view.title.text),
      el(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Close",
          data: { testid: "modal-close" },
          on: { click: close },
        },
        icon("close"),
      ),
    ),
    body,
    el("footer", { class: "modal-end" }, fault, leave, submitButton),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submitButton) void submit();
  });
  node.addEventListener("keydown", (event) => {
    // Slack submits from a text of several lines with a modifier; one line submits by itself.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) node.requestSubmit();
  });

  async function submit() {
    if (submitButton.getAttribute("aria-disabled") === "true") return;
    const faults = fields.map((field) => [field, faultOf(field)]);
    for (const [field, words] of faults) field.showError?.(words ?? "");
    const [wrong] = faults.find(([, words]) => words !== undefined) ?? [];
    if (wrong) return focusOn(wrong);
    await whileBusy(submitButton, () => told(doing.submit(id, valuesOf(fields))));
  }

  /** What stands further down must be seen to be there. */
  function tellMore() {
    body.classList.toggle("more-below", body.scrollHeight - body.scrollTop - body.clientHeight > 4);
  }

  async function told(answering) {
    fault.textContent = "";
    const answer = await answering;
    if (!answer.ok) fault.textContent = answer.error ?? "That did not work.";
    return answer;
  }

  return {
    node,
    close,
    typed: () => Object.fromEntries(fields.map((field) => [keyOf(field), field.read()])),
    showErrors(errors) {
      for (const field of fields) field.showError?.(errors[field.block.block_id] ?? "");
      const wrong = fields.find(({ block }) => errors[block.block_id]);
      if (wrong) focusOn(wrong);
    },
    focus() {
      tellMore();
      const first = fields.find(({ element }) => element.focus_on_load);
      if (first) first.node.focus({ preventScroll: true });
      else (body.scrollHeight > body.clientHeight || submitButton ? body : leave).focus({ preventScroll: true });
    },
    /** The field for a code of the phone, when there is one. */
    codeField: () => fields.find(({ node: field }) => field.dataset.code === "true")?.node,
  };
}

/** What a form ends with stands together: the field for a code, and the buttons of the other ways before it. */
function withAsked(nodes) {
  const field = nodes.at(-1);
  if (!field?.querySelector(".code-input")) return nodes;
  const doors = nodes.at(-2)?.matches(".actions-block") ? nodes.at(-2) : undefined;
  const read = nodes.slice(0, doors ? -2 : -1);
  return [...read, el("div", { class: "block asked" }, doors, field)];
}

function focusOn({ node, focus }) {
  if (focus) focus();
  else node.focus();
  node.select?.();
  node.closest(".input-block")?.scrollIntoView({ block: "nearest" });
}

function keyOf({ block, element }) {
  return `${block.block_id} ${element.action_id}`;
}

/** block_id -> action_id -> what stands there. */
function valuesOf(fields) {
  const values = {};
  for (const { block, element, read } of fields)
    values[block.block_id] = { ...values[block.block_id], [element.action_id]: read() };
  return values;
}
