import { limits } from "./blocks.ts";
import { clip, plainLines } from "./escape.ts";

/** Which end of a text is worth more. */
export type Kept = "first" | "last";

/** About 13k of JSON can be too many blocks for one message (facts/slack.md section 3). */
const mostOfMessage = 10_000;
const roomForWords = 60;

/**
 * A text of many lines as pages that fit into the blocks of one message: whole lines only, as many as fit, and a line
 * at the cut that says how many were left out.
 */
export function pagesOf(text: string, keep: Kept): readonly string[] {
  const all = plainLines(text)
    .split("\n")
    .map((line) => clip(line, limits.preformatted / 2));
  const ordered = keep === "first" ? all : all.toReversed();
  const kept = ordered.slice(0, countOf(ordered, mostOfMessage - roomForWords));
  const cut = all.length - kept.length;
  const lines = keep === "first" ? kept : kept.toReversed();
  if (cut === 0) return split(lines);
  const words = `… ${cut} ${keep === "first" ? "more" : "older"} ${cut === 1 ? "line was" : "lines were"} cut.`;
  return split(keep === "first" ? [...lines, words] : [words, ...lines]);
}

/** How many lines from the first on have no more room than that, as JSON writes them. */
function countOf(lines: readonly string[], room: number): number {
  let taken = 0;
  const end = lines.findIndex((line) => {
    taken += JSON.stringify(line).length;
    return taken > room;
  });
  return end < 0 ? lines.length : end;
}

function split(lines: readonly string[]): readonly string[] {
  const pages: string[] = [];
  for (const line of lines) {
    const last = pages.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= limits.preformatted)
      pages[pages.length - 1] = `${last}\n${line}`;
    else pages.push(line);
  }
  return pages;
}
