import { el } from "./element.js";
import { slackDate } from "./slack-date.js";

// Slack's mrkdwn, made into nodes. What is not understood stays the text it is.

const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}*_~])/u;
const STYLED = { "*": "strong", _: "em", "~": "s" };

/** Nodes for mrkdwn text. `names` says how the people and channels mentioned are called. */
export function mrkdwn(text, names) {
  return text.split(/```([\s\S]+?)```/).flatMap((part, at) => {
    if (at % 2 === 1) return [el("pre", { tabindex: "0" }, decoded(part.replace(/^\n|\n$/g, "")))];
    return part === "" ? [] : paragraphs(part, names);
  });
}

function paragraphs(text, names) {
  const nodes = [];
  let quote;
  for (const [at, line] of text.split("\n").entries()) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (!quoted) {
      if (at > 0 && !quote) nodes.push(el("br"));
      quote = undefined;
      nodes.push(...inline(line, names));
      continue;
    }
    if (quote) quote.append(el("br"));
    else {
      quote = el("blockquote");
      nodes.push(quote);
    }
    quote.append(...inline(quoted[1], names));
  }
  return nodes;
}

function inline(text, names) {
  const nodes = [];
  let rest = text;
  for (let found = TOKEN.exec(rest); found; found = TOKEN.exec(rest)) {
    const [whole, code, angle, mark, styled] = found;
    if (found.index > 0) nodes.push(decoded(rest.slice(0, found.index)));
    if (code !== undefined) nodes.push(el("code", {}, decoded(code)));
    else if (angle !== undefined) nodes.push(reference(angle, names));
    else nodes.push(el(STYLED[mark], {}, inline(styled, names)));
    rest = rest.slice(found.index + whole.length);
  }
  if (rest !== "") nodes.push(decoded(rest));
  return nodes;
}

function reference(angle, names) {
  const [target, label] = cut(angle, "|");
  if (target.startsWith("@")) return mention(`@${names.person(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${names.channel(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) {
    const [, seconds, format = ""] = target.split("^");
    return el("span", { class: "date" }, slackDate(Number(seconds), decoded(format)) ?? decoded(label ?? angle));
  }
  if (target.startsWith("!")) return mention(`@${decoded(label ?? target.slice(1))}`, "loud");
  return link(decoded(target), decoded(label ?? target)) ?? `<${decoded(angle)}>`;
}

export function mention(text, how = "") {
  return el("span", { class: `mention ${how}`.trim() }, text);
}

/** Undefined for an address that is neither a web page nor a mailbox: such a link stays text. */
export function link(address, label) {
  if (!/^(?:https?:\/\/|mailto:)/i.test(address)) return undefined;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

function decoded(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function cut(text, at) {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}
