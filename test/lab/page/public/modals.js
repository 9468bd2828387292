import { createModal } from "./modal.js";

/**
 * The stack of views a person has open: the top one is shown, those beneath keep what was typed. What was typed also
 * outlives a look at the page as somebody else.
 */
export function createModals(layer, behind, doing) {
  const open = new Map();
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
    if (!before) cameFrom = whereFocusIs();
    layer.hidden = top === undefined;
    behind.inert = top !== undefined;
    layer.replaceChildren(...(top ? [top.modal.node] : []));
    if (top) top.modal.focus();
    else cameFrom?.()?.focus({ preventScroll: true });
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

/** The way back to where the focus is now: the very element, or the message it stood in, which may be a new node. */
function whereFocusIs() {
  const element = document.activeElement;
  const message = element?.closest("[data-ts]");
  const again =
    message && `[data-ts="${CSS.escape(message.dataset.ts)}"][data-channel="${CSS.escape(message.dataset.channel)}"]`;
  const pane = message?.closest("section");
  return () => (element?.isConnected ? element : pane && document.getElementById(pane.id).querySelector(again));
}
