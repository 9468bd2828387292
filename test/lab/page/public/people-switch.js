import { avatar } from "./avatar.js";
import { el, setText } from "./element.js";

/** The switch that says as whom one plays; returns the way to show who it is now, and who has work. */
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
      el(
        "span",
        { class: "person-face" },
        avatar({ realName: person.name }, String(at % 3)),
        el("i", { class: "waiting" }),
      ),
      el(
        "span",
        { class: "person-words" },
        name(person),
        el("span", { class: "person-role" }, person.role),
        el("span", { class: "unseen person-news" }),
      ),
    ),
  );
  node.replaceChildren(...buttons);
  return (id, isAwaited) => {
    for (const button of buttons) {
      const { person } = button.dataset;
      const waiting = person !== id && isAwaited(person);
      button.setAttribute("aria-pressed", String(person === id));
      button.dataset.waiting = String(waiting);
      setText(button.querySelector(".person-news"), waiting ? ", something waits for them" : "");
    }
    document.body.dataset.tone = buttons.find((button) => button.dataset.person === id)?.dataset.tone ?? "0";
  };
}

/** On a small screen the first name is enough. */
function name(person) {
  const [first, ...rest] = person.name.split(" ");
  return el("b", {}, first, rest.length > 0 && el("span", { class: "person-rest" }, ` ${rest.join(" ")}`));
}
