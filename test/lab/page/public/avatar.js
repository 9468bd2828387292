import { el, icon } from "./element.js";

/** A person's initials on their colour, or the mark for the app; their name stands beside it in words. */
export function avatar(person, tone) {
  if (person?.isBot) return el("span", { class: "avatar app", "aria-hidden": "true" }, icon("mark"));
  const words = (person?.realName || person?.name || "?").split(/\s+/);
  const initials = words.map(([first]) => first ?? "").join("");
  return el("span", { class: "avatar", "aria-hidden": "true", data: { tone } }, initials.slice(0, 2).toUpperCase());
}
