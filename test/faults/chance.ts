/** Chance that comes out the same each time for the same seed. */
export interface Chance {
  /** 0 <= x < 1. */
  next(): number;
  /** A whole number, 0 <= n < `limit`. */
  below(limit: number): number;
  between(least: number, most: number): number;
  /** True in this share of all cases, 0 to 1. */
  happens(share: number): boolean;
}

/** A stream of its own for each thing it is about, so that one more draw here changes nothing there (mulberry32). */
export function seededChance(seed: number, about: string): Chance {
  let state = Math.imul(seed, 0x9e3779b1) ^ hashOf(about);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    between: (least, most) => least + next() * (most - least),
    happens: (share) => next() < share,
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
