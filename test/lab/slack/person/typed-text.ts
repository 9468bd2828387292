import type { Directory } from "../directory.ts";

/** Endings Slack's clients take for a web address when there is no scheme before them. */
const BARE_DOMAIN = /(?<![\w@./:|<-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev)\b(?:[/:][^\s<>|]*)?/gi;
const ADDRESS = /https?:\/\/[^\s<>|]+/gi;
const LINK = /<[^<>]*>/;

/**
 * What a person typed, as Slack sends it with `should_escape`: `& < >` escaped, `@alice` as `<@U1|alice>`,
 * `#prod` as `<#C1|prod>`, web addresses in angle brackets (facts/slack.md section 3).
 */
export function asSlackSends(typed: string, directory: Directory): string {
  const escaped = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const linked = outsideLinks(escaped.replace(ADDRESS, "<$&>"), (text) => text.replace(BARE_DOMAIN, "<http://$&|$&>"));
  return outsideLinks(linked, (text) => withMentions(text, directory));
}

function withMentions(text: string, directory: Directory): string {
  return text
    .replace(/(?<![\w@])@([\w.-]+)/g, (typed, name: string) => {
      const person = directory.people().find((one) => one.name === name);
      return person ? `<@${person.id}|${person.name}>` : typed;
    })
    .replace(/(?<![\w&])#([\w-]+)/g, (typed, name: string) => {
      const channel = directory.channels().find((one) => one.name === name && !one.isIm);
      return channel ? `<#${channel.id}|${channel.name}>` : typed;
    });
}

function outsideLinks(text: string, change: (part: string) => string): string {
  return text
    .split(new RegExp(`(${LINK.source})`))
    .map((part) => (LINK.test(part) ? part : change(part)))
    .join("");
}
