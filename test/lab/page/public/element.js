/**
 * Builds an element. Children are nodes, text, or nothing; text stays text, so nothing anybody typed becomes markup.
 * `on` holds listeners, `data` the dataset; true and false set and leave out an attribute, like undefined.
 */
export function el(tag, { on = {}, data = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  for (const [name, value] of Object.entries(data)) if (value !== undefined) node.dataset[name] = value;
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export function setAttribute(node, name, value) {
  if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Builds an element of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** One of the drawings in icons.svg; decoration only, its meaning stands beside it in words. */
export function icon(name) {
  const viewBox = name === "mark" ? "0 0 32 32" : "0 0 20 20";
  return svg("svg", { viewBox, class: "icon", "aria-hidden": "true" }, svg("use", { href: `/icons.svg#${name}` }));
}

/** Sets text only when it differs, so that a screen reader is not told the same thing twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
