import { el } from "./element.js";
import { mrkdwn } from "./mrkdwn.js";

/** Asks what a Block Kit confirmation asks; resolves to whether it was confirmed. */
export function confirmed(confirm, names) {
  const { promise, resolve } = Promise.withResolvers();
  const text = confirm.text?.type === "mrkdwn" ? mrkdwn(confirm.text.text, names) : (confirm.text?.text ?? "");
  const dialog = el(
    "dialog",
    { class: "sheet confirm", "aria-labelledby": "confirm-title" },
    el("h2", { id: "confirm-title" }, confirm.title?.text ?? "Are you sure?"),
    el("p", {}, text),
    el(
      "form",
      { method: "dialog", class: "sheet-end" },
      el("button", { class: "button", type: "submit", value: "no" }, confirm.deny?.text ?? "Cancel"),
      el(
        "button",
        { class: `button ${confirm.style ?? "primary"}`, type: "submit", value: "yes" },
        confirm.confirm?.text ?? "Yes",
      ),
    ),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
