import { el, setText, svg } from "./element.js";

/** Seconds a code of an authenticator app lives (RFC 6238, section 5.2). */
const PERIOD = 30;

/** A ring that empties as a code runs out. */
export function createRing() {
  const left = svg("circle", { class: "ring-left", cx: "20", cy: "20", r: "16", pathLength: "1" });
  const drawing = svg(
    "svg",
    { class: "ring", viewBox: "0 0 40 40", "aria-hidden": "true" },
    svg("circle", { class: "ring-all", cx: "20", cy: "20", r: "16" }),
    left,
  );
  const number = el("span", { class: "ring-number" });
  const node = el("span", { class: "ring-box" }, drawing, number);
  return {
    node,
    show(seconds) {
      setText(number, String(Math.ceil(seconds)));
      left.style.strokeDashoffset = String(1 - Math.min(1, seconds / PERIOD));
      node.classList.toggle("soon", seconds <= 5);
    },
  };
}
