/** A moment as a clock on the wall of some place shows it. */
export interface WallClock {
  readonly hour: number;
  readonly minute: number;
  /** 1 = Monday to 7 = Sunday (ISO 8601). */
  readonly weekday: number;
}

/** Whether this is a time zone of the IANA database, or UTC. */
export function isZone(zone: string): boolean {
  // An offset such as +01:00 knows no daylight saving, and is not what a policy means.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What the clocks of this zone show at a moment in milliseconds since 1970; throws `RangeError` for no zone. */
export function wallClock(at: number, zone: string): WallClock {
  const shown = new Date(at + offsetAt(at, zone));
  return { hour: shown.getUTCHours(), minute: shown.getUTCMinutes(), weekday: shown.getUTCDay() || 7 };
}

const day = 24 * 3_600_000;

/**
 * The moments at which the clocks of this zone show `2026-12-24T18:00`, in milliseconds since 1970: where they are set
 * back there are two, and where they are set forward, none; then those it would be before and after. Undefined for what
 * is no such time.
 */
export function momentsOf(
  local: string,
  zone: string,
): { readonly earliest: number; readonly latest: number } | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local)) return undefined;
  const shown = Date.parse(`${local}:00Z`);
  if (Number.isNaN(shown) || !new Date(shown).toISOString().startsWith(local)) return undefined;
  const possible = [shown - day, shown + day].map((near) => shown - offsetAt(near, zone));
  const real = possible.filter((at) => at + offsetAt(at, zone) === shown);
  const moments = real.length > 0 ? real : possible;
  return { earliest: Math.min(...moments), latest: Math.max(...moments) };
}

/** How far the clocks of this zone are ahead of UTC at that moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  }).formatToParts(at);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    ["year", "month", "day", "hour", "minute", "second"] as const
  ).map((type) => Number(parts.find((part) => part.type === type)?.value));
  const wholeSeconds = Math.floor(at / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds;
}
