import { type Refusal, refuse } from "./refusal.ts";

// Slack and phones replace what people type: curly quotes, long dashes, non-breaking spaces.
const doubles = /[“”„‟«»]/g;
const singles = /[‘’‚‛]/g;
const longDash = /[—–]/g;
// Every space that is shown as one, no-break and narrow ones included, and every end of a line.
const blank = /[\t\n\v\f\r\p{Zs}\u2028\u2029]/gu;
// C0/C1 controls, zero-width, bidi marks and overrides, tags: they make text show something else than it says.
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** One line as a person meant it: plain quotes and dashes, no control, zero-width or bidi characters, single spaces. */
export function plainLine(text: string): string {
  return text
    .replace(blank, " ")
    .replace(invisible, "")
    .replace(doubles, '"')
    .replace(singles, "'")
    .replace(longDash, "--")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** A command split into its words and what stands behind ` -- `, the reason. */
export interface Spoken {
  readonly words: readonly string[];
  readonly reason: string;
}

/** Splits like a shell, quotes included, but expands nothing and never guesses the end of an open quote. */
export function splitWords(text: string): Spoken | Refusal {
  const line = plainLine(text);
  const cut = / -- |^-- | --$/.exec(line);
  const command = cut ? line.slice(0, cut.index) : line;
  const reason = cut ? line.slice(cut.index + cut[0].length).trim() : "";
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const char of command) {
    if (quote) {
      if (char === quote) quote = undefined;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (char === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote) return refuse("bad-arguments", `A ${quote} is opened and never closed.`, "Close it, or leave it out.");
  if (word !== undefined) words.push(word);
  return { words, reason };
}

/** The words as a sentence begins. */
export function asSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
