import { avatar } from "./avatar.js";
import { el } from "./element.js";

/** The switch that says as whom one plays; returns the way to show who it is now. */
export function createPeopleSwitch(node, people, become) {
  const buttons = people.map((person, at) =>
    el(
      "button",
      {
        type: "button",
        class: "person",
        title: `Play as ${person.name}${at < 9 ? ` (key ${at + 1})` : ""}`,
        data: { testid: `person-${person.id}`, person: person.id, tone: String(at % 3) },
        on: { click: () => become(person.id) },
      },
      avatar({ realName: person.name }, String(at % 3)),
      el(
        "span",
        { class: "person-words" },
        el("b", {}, person.name),
        el("span", { class: "person-role" }, person.role),
      ),
    ),
  );
  node.replaceChildren(...buttons);
  return (id) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.person === id));
    document.body.dataset.tone = buttons.find((button) => button.dataset.person === id)?.dataset.tone ?? "0";
  };
}
