import assert from "node:assert/strict";

// The one markup of ours: a moment, in each reader's own time zone.
const moments = /<!date\^\d+\^\{date_short_pretty\} at \{time_secs\}\|[0-9T:.Z-]+>/g;
const typed = new Set(["text", "user", "date"]);

/** Asserts that no text in what goes to Slack can act: not in its mrkdwn, not as an element of another type. */
export function assertHarmless(shown: unknown, people: readonly string[]): void {
  walk(shown, (object) => {
    const { type, text } = object;
    if (type === "mrkdwn") assertNoMarkup(String(text));
    if (type === "plain_text") assertNothingHidden(String(text));
    if (typeof type === "string" && type.startsWith("rich_text_") && type !== "rich_text_list")
      for (const element of object["elements"] as Fields[]) {
        assert.ok(typed.has(String(element["type"])), `a ${String(element["type"])} in rich text`);
        if (element["type"] === "user") assert.ok(people.includes(String(element["user_id"])));
        if (element["type"] === "text") assertNothingHidden(String(element["text"]).replaceAll("\n", ""));
      }
  });
}

/** Asserts that a text Slack parses mentions nobody, links nowhere and hides nothing. */
export function assertNoMarkup(text: string): void {
  const own = text.replaceAll(moments, "");
  assert.doesNotMatch(own, /[<>`]/, JSON.stringify(own));
  assert.doesNotMatch(own, /&(?!(amp|lt|gt);)/, JSON.stringify(own));
  assert.doesNotMatch(own, /@(here|channel|everyone)/i, JSON.stringify(own));
  assertNothingHidden(own.replaceAll("\n", ""));
}

function assertNothingHidden(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\u2028\u2029]/u, JSON.stringify(text));
}

type Fields = Readonly<Record<string, unknown>>;

function walk(value: unknown, visit: (object: Fields) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(value as Fields);
  for (const part of Object.values(value)) walk(part, visit);
}
