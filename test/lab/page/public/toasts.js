import { el } from "./element.js";

const SHOWN_MS = 6000;

/** Says what went wrong where there is no better place for it. */
export function createToasts() {
  const node = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(node);
  return (words) => {
    const toast = el("p", { class: "toast" }, words);
    node.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  };
}
