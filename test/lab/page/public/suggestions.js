import { matching } from "./commands.js";
import { el, setAttribute } from "./element.js";

/** The list of commands above a text field. `take(command)` is called with the one that was chosen. */
export function createSuggestions(field, take) {
  const node = el("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": "Commands" });
  let offered = [];
  let at = -1;
  node.hidden = true;
  field.setAttribute("aria-controls", "suggestions");

  function mark(next) {
    at = next;
    for (const [place, option] of [...node.children].entries()) {
      option.setAttribute("aria-selected", String(place === Math.max(at, 0)));
      if (place === at) option.scrollIntoView({ block: "nearest" });
    }
    setAttribute(field, "aria-activedescendant", at >= 0 && `suggestion-${at}`);
  }

  function show(list) {
    offered = list;
    node.hidden = list.length === 0;
    field.setAttribute("aria-expanded", String(list.length > 0));
    node.replaceChildren(...list.map((command, place) => option(command, place, () => take(command))));
    mark(-1);
  }

  return {
    node,
    get isOpen() {
      return offered.length > 0;
    },
    /** What Tab takes: the marked one, or the first. */
    get best() {
      return offered[Math.max(at, 0)];
    },
    /** What Enter takes: only one that was gone to on purpose. */
    get marked() {
      return offered[at];
    },
    move(by) {
      mark((Math.max(at, by > 0 ? -1 : 0) + by + offered.length) % offered.length);
    },
    offer: (typed) => show(matching(typed)),
    close: () => show([]),
  };
}

function option({ fill, blank, says }, place, chosen) {
  return el(
    "li",
    {
      class: "suggestion",
      id: `suggestion-${place}`,
      role: "option",
      // The field keeps its focus.
      on: { pointerdown: (event) => event.preventDefault(), click: chosen },
    },
    el("code", {}, fill, blank && el("em", {}, blank === "why" ? "…" : blank)),
    el("span", {}, says),
  );
}
