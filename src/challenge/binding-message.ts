import type { TextShape } from "../policy/provider-presets.ts";
import type { PushText } from "../ports/push.ts";

/**
 * The text of a push: `482913 to approve: rollout restart deploy/api -n prod`. The code stands first and is ours, so
 * nothing of what people typed can stand in its place; what is cut shows it.
 */
export function bindingMessage({ code, intent, command }: PushText, { limit, charset }: TextShape): string {
  const whole = `${code} ${intent}: ${plain(command)}`;
  const shaped = charset === "words" ? whole.replaceAll(" ", "_") : whole;
  return shaped.length <= limit ? shaped : `${shaped.slice(0, limit - 3)}...`;
}

/** Printable ASCII on one line: what turns, hides or looks like something else becomes a question mark. */
export function plain(text: string): string {
  return text
    .replace(/\s+/gu, " ")
    .replace(/[^\x20-\x7e]/gu, "?")
    .trim();
}
