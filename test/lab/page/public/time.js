import { el, setText } from "./element.js";

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { weekday: "long", day: "numeric", month: "long" };
const STEPS = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86_400, 3600, "h"],
  [Number.POSITIVE_INFINITY, 86_400, "d"],
];

/**
 * `just now`, `4 min ago`, `in 12 min`.
 * @public asked for by a test, which loads what a browser would by its address
 */
export function relative(ms, now = Date.now()) {
  const seconds = Math.round((now - ms) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return "just now";
  const [, unit, name] = STEPS.find(([below]) => size < below);
  const amount = `${Math.floor(size / unit)} ${name}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

/** `Today`, or the day's name and date. */
export function dayOf(ms, now = new Date()) {
  const when = new Date(ms);
  return when.toDateString() === now.toDateString() ? "Today" : when.toLocaleDateString([], DAY);
}

/** Slack's `ts` as milliseconds since 1970. */
export function fromTs(ts) {
  return Number(ts) * 1000;
}

/** `14:02`, as on-call engineers write it. */
export function clockTime(when = new Date()) {
  return when.toLocaleTimeString([], CLOCK);
}

/** A time of day; the whole date is its tooltip. */
export function clockElement(ms) {
  const when = new Date(ms);
  return el("time", { class: "clock", datetime: when.toISOString(), title: when.toLocaleString() }, clockTime(when));
}

/** A time element that {@link keepTimesFresh} keeps saying how long ago it is. */
export function timeElement(ms) {
  const when = new Date(ms);
  const attributes = { datetime: when.toISOString(), title: when.toLocaleString(), data: { relative: "" } };
  return el("time", attributes, relative(ms));
}

export function keepTimesFresh() {
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-relative]"))
      setText(time, relative(Date.parse(time.dateTime)));
  }, 5000);
}
