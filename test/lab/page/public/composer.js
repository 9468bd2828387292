import { el, icon } from "./element.js";
import { whileBusy } from "./interactive.js";
import { createSuggestions } from "./suggestions.js";
import { createTypedBefore } from "./typed-before.js";

/** Where messages and commands are typed; `send(line)` resolves to Slack's answer. */
export function createComposer(send) {
  const field = el("textarea", {
    class: "composer-field",
    rows: "1",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    data: { testid: "composer" },
  });
  const fault = el("p", { class: "fault", role: "alert", data: { testid: "composer-fault" } });
  const go = el(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", data: { testid: "send" } },
    icon("send"),
  );
  const suggestions = createSuggestions(field, take);
  const box = el("form", { class: "composer-box" }, field, go);
  const hint = el(
    "p",
    { class: "composer-hint" },
    el("kbd", {}, "/"),
    el("span", {}, "commands"),
    el("kbd", {}, "↑"),
    el("span", {}, "what you typed before"),
  );
  const node = el("div", { class: "composer" }, suggestions.node, fault, box, hint);
  const drafts = new Map();
  const before = new Map();
  let place = "";
  let person = "";

  const typed = () => before.get(person) ?? before.set(person, createTypedBefore()).get(person);

  function write(text, selectFrom = text.length) {
    field.value = text;
    field.setSelectionRange(selectFrom, text.length);
    keep();
  }

  function keep() {
    drafts.set(place, field.value);
    node.classList.toggle("command", field.value.startsWith("/"));
    go.classList.toggle("ready", field.value.trim() !== "");
  }

  function take({ fill, blank }) {
    write(fill + blank, fill.length);
    suggestions.close();
    field.focus();
  }

  async function submit() {
    const line = field.value.trim();
    const from = place;
    if (line === "" || go.classList.contains("busy")) return;
    suggestions.close();
    fault.textContent = "";
    const answer = await whileBusy(go, () => send(line));
    if (answer.ok) {
      typed().add(line);
      if (from === place) write("");
      else drafts.delete(from);
    } else if (from === place) fault.textContent = answer.error ?? "That was not sent.";
  }

  function recall(event, by) {
    const atEdge = by < 0 ? field.value === "" || typed().isBrowsing : typed().isBrowsing;
    const line = atEdge ? typed().go(by, field.value) : undefined;
    if (line === undefined) return;
    event.preventDefault();
    write(line);
  }

  const keys = {
    ArrowUp: (event) => (suggestions.isOpen ? moved(event, -1) : recall(event, -1)),
    ArrowDown: (event) => (suggestions.isOpen ? moved(event, 1) : recall(event, 1)),
    Tab: (event) => suggestions.isOpen && !event.shiftKey && taken(event, suggestions.best),
    Escape: (event) => {
      if (!suggestions.isOpen) return;
      event.stopPropagation();
      suggestions.close();
    },
    Enter: (event) => {
      if (event.shiftKey || event.isComposing) return;
      if (suggestions.marked) return taken(event, suggestions.marked);
      event.preventDefault();
      box.requestSubmit();
    },
  };

  function moved(event, by) {
    event.preventDefault();
    suggestions.move(by);
  }

  function taken(event, command) {
    event.preventDefault();
    take(command);
  }

  field.addEventListener("keydown", (event) => keys[event.key]?.(event));
  field.addEventListener("input", () => {
    typed().leave();
    fault.textContent = "";
    keep();
    suggestions.offer(field.value);
  });
  field.addEventListener("blur", () => suggestions.close());
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });

  return {
    node,
    /** Each person keeps what they began to type in each channel. */
    show(who, channel, title) {
      field.placeholder = `Message ${title}, or / for a command`;
      field.setAttribute("aria-label", field.placeholder);
      if (place === `${who} ${channel}`) return;
      place = `${who} ${channel}`;
      person = who;
      fault.textContent = "";
      suggestions.close();
      write(drafts.get(place) ?? "");
    },
    fill(text) {
      write(text);
      field.focus();
    },
    begin(text) {
      field.focus();
      if (field.value !== "") return;
      write(text);
      suggestions.offer(text);
    },
    focus: () => field.focus(),
  };
}
