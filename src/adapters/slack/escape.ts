// Controls, formats such as bidi overrides, private use, lone surrogates; all that is drawn as nothing; the empty Braille cell.
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u2800]|\p{Default_Ignorable_Code_Point}/gu;
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** At most `most` UTF-16 units; what is cut is said with an ellipsis, and no character is cut in half. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** One line that shows what it says, for plain_text and rich_text, where Slack parses nothing. */
export function plain(text: string, most: number): string {
  return clip(text.replace(breaks, " ").replace(invisible, ""), most);
}

/** The same for text of several lines, such as a table. */
export function plainLines(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.replace(/\t/g, " ").replace(invisible, ""))
    .join("\n");
}

/**
 * One line that means nothing in Slack's mrkdwn: it mentions nobody, links nowhere and opens no code span. `most` is
 * counted before escaping, which makes at most five characters of one (docs.slack.dev, "Escaping text").
 */
export function escaped(text: string, most: number): string {
  return plain(text, most)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/`/g, "'")
    .replace(/@(?=here|channel|everyone)/gi, "＠");
}
