import { el } from "./element.js";

/** What the page cannot draw is seen to be missing: a hidden block could hide what somebody approves. */
export function unknown(type) {
  return el(
    "span",
    { class: "unknown", role: "note", data: { unknown: String(type) } },
    `Cannot be shown here: ${String(type)}`,
  );
}
