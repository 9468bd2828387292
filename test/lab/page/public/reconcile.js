/** Parent -> key -> what stands for it now. */
const standing = new WeakMap();
const leaving = new WeakSet();

/**
 * Makes a parent's children match `items`, told apart by `keyOf`. An item whose signature is as before keeps its very
 * node, with its focus and scroll position. `leave` may let a node go slowly; it must remove it in the end.
 */
export function reconcile(
  parent,
  items,
  { keyOf, signatureOf = JSON.stringify, build, leave = (node) => node.remove() },
) {
  const before = standing.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const known = before.get(keyOf(item));
    const signature = signatureOf(item);
    const node = known?.signature === signature ? known.node : build(item);
    if (known && known.node !== node) replaceKeepingFocus(known.node, node);
    after.set(keyOf(item), { node, signature });
  }
  for (const [key, { node }] of before) {
    if (after.has(key)) continue;
    leaving.add(node);
    leave(node);
  }
  let place = nextStanding(parent.firstChild);
  for (const { node } of after.values()) {
    if (place === node) place = nextStanding(node.nextSibling);
    else parent.insertBefore(node, place);
  }
  standing.set(parent, after);
}

function nextStanding(node) {
  let next = node;
  while (next && leaving.has(next)) next = next.nextSibling;
  return next;
}

/** An edited message must not throw a keyboard user back to the top of the page. */
function replaceKeepingFocus(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : undefined;
  old.replaceWith(node);
  if (!focused) return;
  const { actionId } = focused.dataset;
  const same =
    actionId && [...node.querySelectorAll("[data-action-id]")].find((one) => one.dataset.actionId === actionId);
  (same || node).focus({ preventScroll: true });
}
