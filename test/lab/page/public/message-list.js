import { el, icon } from "./element.js";
import { reconcile } from "./reconcile.js";
import { dayOf, fromTs } from "./time.js";

/** Messages of one person within so many ms stand under one name. */
const TOGETHER = 5 * 60_000;
/** Pixels from the end within which a reader counts as being at the end. */
const NEAR = 80;

/** A scrolling list of messages that stays at its end while its reader does; returns how to show messages in it. */
export function createMessageList(label, build) {
  const list = el("div", { class: "message-list", role: "log", "aria-label": label, tabindex: "0" });
  const below = el(
    "button",
    { type: "button", class: "below", hidden: true, on: { click: () => toEnd() } },
    icon("down"),
    "New below",
  );
  const node = el("div", { class: "message-scroll" }, list, below);
  let place;
  let last;
  let atEnd = true;
  const known = new Set();
  list.addEventListener("scroll", () => {
    if (list.clientHeight === 0) return;
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    if (atEnd) below.hidden = true;
  });
  // A keyboard that opens, or a tab that is shown again, must not leave the reader in the middle.
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(list);

  function toEnd() {
    list.scrollTop = list.scrollHeight;
    atEnd = true;
    below.hidden = true;
  }

  return {
    node,
    /** `where` names what is listed: in another place all is old, and the end is shown. */
    show(where, items) {
      const moved = where !== place;
      const stick = moved || atEnd;
      if (moved) known.clear();
      reconcile(list, withDays(items), {
        keyOf: ({ day, message }) => `${where} ${day ?? message.ts}`,
        build: (item) => {
          if (item.day) return el("h3", { class: "day" }, el("span", {}, item.day));
          const built = build(item);
          if (!moved) built.classList.add(known.has(item.message.ts) ? "changed" : "fresh");
          known.add(item.message.ts);
          return built;
        },
      });
      const newest = items.at(-1)?.message.ts;
      if (stick) toEnd();
      else if (newest !== last) below.hidden = false;
      place = where;
      last = newest;
    },
    toEnd,
    focus: () => list.focus({ preventScroll: true }),
  };
}

/** Adds which messages stand close under the one before, and a heading for each day. */
function withDays(items) {
  const shown = [];
  let before;
  for (const item of items) {
    const { message } = item;
    const day = dayOf(fromTs(message.ts));
    const sameDay = before && dayOf(fromTs(before.ts)) === day;
    if (!sameDay) shown.push({ day });
    shown.push({ ...item, compact: sameDay === true && belongsTo(before, item) });
    before = message;
  }
  return shown;
}

function belongsTo(before, { message, origin }) {
  return (
    origin === undefined &&
    before.user === message.user &&
    before.ephemeralFor === message.ephemeralFor &&
    fromTs(message.ts) - fromTs(before.ts) < TOGETHER
  );
}
