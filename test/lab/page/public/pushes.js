import { el, setText } from "./element.js";
import { whileBusy } from "./interactive.js";
import { reconcile } from "./reconcile.js";

/**
 * The pushes on a person's phone, as the provider's app shows them. `answer(id, yes)` resolves to a fault's words or
 * nothing; `typeIt(code)` writes the code of a push into the form that asks for it.
 */
export function createPushes({ answer, typeIt }) {
  const list = el("ul", { class: "phone-pushes", "aria-live": "polite" });
  return {
    node: list,
    show(person, pushes) {
      reconcile(list, pushes, {
        keyOf: ({ id }) => `${person.id} ${id}`,
        signatureOf: ({ state }) => state,
        build: (push) => pushCard(push, answer, typeIt),
      });
    },
  };
}

function pushCard({ id, text, state }, answer, typeIt) {
  const [, code, rest] = /^(\d{6})[ _](.*)$/s.exec(text) ?? [undefined, "", text];
  const fault = el("p", { class: "fault", role: "alert" });
  const say = (yes) => async (event) => {
    const words = await whileBusy(event.currentTarget, () => answer(id, yes));
    if (words) setText(fault, words);
  };
  const waiting = state === "waiting";
  return el(
    "li",
    { class: "push-card", data: { testid: "push", state } },
    el("p", { class: "push-code", data: { testid: "push-code", code } }, code),
    el("p", { class: "push-text" }, rest),
    el(
      "p",
      { class: "push-buttons" },
      waiting && choice("Deny", "button", "push-deny", say(false)),
      waiting && choice("Approve", "button primary", "push-approve", say(true)),
      state === "approved" && choice("Type it for me", "button primary", "push-type", () => typeIt(code)),
      state === "denied" && "You said no.",
    ),
    fault,
  );
}

function choice(label, look, testid, click) {
  return el("button", { type: "button", class: look, data: { testid }, on: { click } }, label);
}
