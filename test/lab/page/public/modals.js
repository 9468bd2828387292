import { el } from "./element.js";
import { createModal } from "./modal.js";

/**
 * The stack of views a person has open: the top one is shown, those beneath keep what was typed. What was typed also
 * outlives a look at the page as somebody else.
 */
export function createModals(layer, behind, doing) {
  const open = new Map();
  const shadow = el("div", { class: "modal-stack", "aria-hidden": "true" });
  let top;
  let cameFrom;

  function modalOf(view) {
    const known = open.get(view.id);
    if (known?.hash === view.hash) return known;
    const made = { hash: view.hash, errors: {}, modal: createModal(view, doing(), known?.modal.typed()) };
    open.set(view.id, made);
    return made;
  }

  function show(views) {
    const view = views.at(-1);
    const before = top;
    top = view && modalOf(view);
    layer.dataset.depth = String(views.length);
    if (top !== before) swap(before);
    if (top && top.errors !== view.errors && JSON.stringify(top.errors) !== JSON.stringify(view.errors)) {
      top.errors = view.errors;
      top.modal.showErrors(view.errors);
    }
  }

  function swap(before) {
    if (!before) cameFrom = document.activeElement;
    layer.hidden = top === undefined;
    behind.inert = top !== undefined;
    layer.replaceChildren(...(top ? [shadow, top.modal.node] : []));
    if (top) top.modal.focus();
    else if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
  }

  return {
    show,
    get isOpen() {
      return top !== undefined;
    },
    close: () => top?.modal.close(),
    codeField: () => top?.modal.codeField(),
  };
}
