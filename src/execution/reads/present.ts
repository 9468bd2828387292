import { maskSecrets } from "./mask.ts";

// Colours and cursors of a terminal (ECMA-48), which may stand in the middle of a word.
const escapes = /(?![\n\t])\p{Cc}\[[0-?]{0,40}[ -/]{0,8}[@-~]/gu;
// What is drawn as nothing, or makes text show something else than it says.
const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u2800]|\p{Default_Ignorable_Code_Point}/gu;

/** A line longer than this is hardly read in Slack. */
const mostOfLine = 500;
/** The record keeps no more of an answer; Slack shows less. */
const mostOfAnswer = 20_000;

/**
 * What is kept of a text that a cluster gave: what looks like a secret masked, and said how often; long lines cut; of
 * too many lines the `first` or the `last` ones left, and said how many were not.
 */
export function present(text: string, keep: "first" | "last"): string {
  // Masked after what cannot be seen is gone and before anything is cut: half a secret has no shape.
  const seen = text.replace(/\r\n?/g, "\n").replace(escapes, "").replace(unseen, "");
  const { text: masked, count } = maskSecrets(seen);
  const lines = masked.replace(/\n+$/, "").split("\n").map(clipLine);
  const kept = fitting(lines, keep, mostOfAnswer);
  const cut = lines.length - kept.length;
  const said = [
    ...(count > 0 ? [`(${count} ${count === 1 ? "value that looks" : "values that look"} secret masked)`] : []),
    ...(cut > 0 ? [`(${cut} ${keep === "last" ? "older" : "more"} ${cut === 1 ? "line" : "lines"} left out)`] : []),
  ];
  return (keep === "last" ? [...kept, ...said] : [...said, ...kept]).join("\n");
}

/** The first or the last lines that have at most so many characters together; at least one. */
function fitting(lines: readonly string[], keep: "first" | "last", most: number): readonly string[] {
  const ordered = keep === "first" ? lines : lines.toReversed();
  let length = 0;
  const end = ordered.findIndex((line, i) => {
    length += line.length + 1;
    return i > 0 && length > most;
  });
  const kept = end < 0 ? ordered : ordered.slice(0, end);
  return keep === "first" ? kept : kept.toReversed();
}

function clipLine(line: string): string {
  return line.length <= mostOfLine ? line : `${line.slice(0, mostOfLine - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
