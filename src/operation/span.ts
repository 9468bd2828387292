const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** What a span looks like, for people who typed another. */
export const spanShape = "90s, 15m or 1h30m";

/** `90s`, `15m`, `1h30m` -> milliseconds, perhaps 0; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  if (!/^(\d{1,5}[smh])+$/.test(text)) return undefined;
  const written = [...text.matchAll(/(\d+)([smh])/g)];
  return written.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit as keyof typeof unitMs], 0);
}

/** `1h30m`, as it is typed; whole seconds. */
export function spokenSpan(ms: number): string {
  return parts(ms)
    .map(({ count, unit }) => `${count}${unit[0]}`)
    .join("");
}

/** `1 hour 30 minutes`; whole seconds. */
export function spanInWords(ms: number): string {
  return parts(ms)
    .map(({ count, unit }) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

function parts(ms: number): readonly { readonly count: number; readonly unit: string }[] {
  let rest = ms;
  return [
    ["hour", unitMs.h],
    ["minute", unitMs.m],
    ["second", unitMs.s],
  ].flatMap(([unit, size]) => {
    const count = Math.floor(rest / Number(size));
    rest -= count * Number(size);
    return count > 0 ? [{ count, unit: String(unit) }] : [];
  });
}

/** An RFC 3339 instant as it stands in a sentence, to the second: `2026-11-24 12:30:00 UTC`. What is none stays as it is. */
export function momentInWords(instant: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  return new Date(at).toISOString().replace(/^(.{10})T(.{8}).*$/, "$1 $2 UTC");
}
