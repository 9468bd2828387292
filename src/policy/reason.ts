import type { Requirements } from "./policy.ts";

/** What is wrong with this reason by what a tier asks for, as a clause; undefined when nothing is. */
export function whyReasonFails({ reason: rule }: Requirements, reason: string): string | undefined {
  if (!rule) return undefined;
  const { minLength = 0, tickets } = rule;
  const { length } = reason.trim();
  if (length < minLength) return `the reason has ${length} characters, and this takes at least ${minLength}`;
  if (tickets && !ticketsIn(reason).some((prefix) => tickets.includes(prefix)))
    return `the reason names no ticket, such as ${tickets.map((prefix) => `${prefix}-123`).join(" or ")}`;
  return undefined;
}

/** What tickets are called by: the prefix of each that stands in this text as a word of its own. */
function ticketsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w-])([A-Z][A-Z0-9]{0,9})-[1-9]\d{0,8}(?![\w-])/g)].map(([, prefix = ""]) => prefix);
}
