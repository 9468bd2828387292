import type { SlackLink } from "../ports/link.ts";
import type { Statement } from "../ports.ts";

/** What web signs of a link. */
export function linkStatement({ team, user, subject, at }: Omit<SlackLink, "signature">): Statement {
  return { v: "countersign.slack-link.v1", team, user, subject, at };
}

/** Reads a link as it is kept, which can be anybody's; undefined for what is none. */
export function readLink(text: string | undefined): SlackLink | undefined {
  if (text === undefined) return undefined;
  try {
    const { team, user, subject, at, signature } = JSON.parse(text) as Record<keyof SlackLink, unknown>;
    const texts = [team, user, subject, signature].every((one) => typeof one === "string");
    return texts && typeof at === "number" ? (JSON.parse(text) as SlackLink) : undefined;
  } catch {
    return undefined;
  }
}
