const TIME = { hour: "numeric", minute: "2-digit" };
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
};
const DAYS = new Map([
  [-1, "Yesterday"],
  [0, "Today"],
  [1, "Tomorrow"],
]);

/** Slack's `{date_short_pretty} at {time_secs}` in the reader's own words and zone; unknown tokens stay as they are. */
export function slackDate(seconds, format, now = new Date()) {
  const when = new Date(seconds * 1000);
  if (Number.isNaN(when.getTime())) return undefined;
  return format.replace(/\{(\w+)\}/g, (token, name) => say(when, name, now) ?? token);
}

function say(when, name, now) {
  if (name === "time") return when.toLocaleTimeString([], TIME);
  if (name === "time_secs") return when.toLocaleTimeString([], { ...TIME, second: "2-digit" });
  const day = name.endsWith("_pretty") ? DAYS.get(daysBetween(now, when)) : undefined;
  if (day) return day;
  const shape = FORMATS[name.replace(/_pretty$/, "")];
  return shape && when.toLocaleDateString([], shape);
}

function daysBetween(from, to) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}
