import { sha256 } from "../../src/audit/canonical.ts";
import { beforeTheFirst, bodyText, type Entry, linkText } from "../../src/audit/chain.ts";
import type { KnownHead } from "../../src/audit/verify.ts";

const start = 1_795_521_600_000;

/** An honest trail of so many entries; `of` tells trails apart. */
export function trailOf(count: number, of = "alice"): readonly Entry[] {
  const bodies = Array.from({ length: count }, (_, i) =>
    bodyText({
      event: { kind: "proof.refused", request: `r-${i}`, subject: of, because: "wrong-code" },
      writer: "web@host/1",
      clock: start + i,
    }),
  );
  return relinked(bodies.map((body, i) => ({ seq: i + 1, time: start + i * 10, prev: "", hash: "", body })));
}

/** The same bodies and times, with counters, links and hashes made anew: what a forger with write access does. */
export function relinked(entries: readonly Entry[]): readonly Entry[] {
  let prev = beforeTheFirst;
  return entries.map(({ time, body }, i) => {
    const link = { seq: i + 1, time, prev, body };
    prev = sha256(linkText(link));
    return { ...link, hash: prev };
  });
}

/** The same counters too: only the links and hashes are made anew. */
export function rehashed(entries: readonly Entry[]): readonly Entry[] {
  let prev = beforeTheFirst;
  return entries.map(({ seq, time, body }) => {
    const link = { seq, time, prev, body };
    prev = sha256(linkText(link));
    return { ...link, hash: prev };
  });
}

/** What was published when the trail had so many entries. */
export function headAt(entries: readonly Entry[], count: number): KnownHead {
  return { entries: count, head: entries[count - 1]?.hash ?? beforeTheFirst };
}
