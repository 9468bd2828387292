import { avatar } from "./avatar.js";
import { blockNodes } from "./blocks.js";
import { el, icon } from "./element.js";
import { mrkdwn } from "./mrkdwn.js";
import { clockElement, fromTs, timeElement } from "./time.js";

/**
 * One message. `item` says what is shown of it, `doing` what can be done: `click(where, actionId, chosen)` resolving to
 * Slack's answer, `openThread(ts)`, `dismiss(message)`, `names`.
 */
export function messageNode(item, doing) {
  const { message, compact, replies, origin } = item;
  const { names } = doing;
  const author = names.who(message.user);
  const own = message.ephemeralFor !== undefined;
  const fault = el("p", { class: "fault", role: "alert" });
  const surface = { names, act: (...click) => acted(message, click, fault, doing) };
  const content =
    message.blocks.length > 0
      ? blockNodes(message.blocks, surface)
      : [el("div", { class: "prose block" }, mrkdwn(message.text, names))];
  return el(
    "article",
    {
      class: ["message", compact && "compact", own && "own"].filter(Boolean).join(" "),
      tabindex: "-1",
      data: { testid: "message", ts: message.ts, channel: message.channel, ephemeral: own ? "true" : undefined },
    },
    el(
      "div",
      { class: "message-side" },
      compact ? clockElement(fromTs(message.ts)) : avatar(author, names.tone(message.user)),
    ),
    el(
      "div",
      { class: "message-main" },
      own && onlyYou(message, doing),
      origin &&
        el(
          "p",
          { class: "message-note" },
          el("span", {}, "replied to a thread:"),
          threadLink(message.threadTs, mrkdwn(origin, names), doing),
        ),
      !compact && byline(message, author),
      content,
      message.edited && el("span", { class: "edited" }, "(edited)"),
      reactions(message),
      fault,
      replies && threadSummary(message, replies, doing),
    ),
  );
}

function byline(message, author) {
  return el(
    "header",
    { class: "byline" },
    el("b", { class: "author" }, author?.realName || author?.name || message.user),
    author?.isBot && el("span", { class: "tag" }, "app"),
    clockElement(fromTs(message.ts)),
  );
}

function onlyYou(message, { dismiss }) {
  return el(
    "p",
    { class: "message-note" },
    icon("eye"),
    "Only visible to you",
    el("button", { type: "button", class: "link-button", on: { click: () => dismiss(message) } }, "Dismiss"),
  );
}

function threadLink(ts, words, { openThread }) {
  return el("button", { type: "button", class: "link-button", on: { click: () => openThread(ts) } }, words);
}

function threadSummary(message, { count, last }, { openThread }) {
  return el(
    "button",
    {
      type: "button",
      class: "thread-summary",
      data: { actionId: "open-thread", testid: "open-thread" },
      on: { click: () => openThread(message.ts) },
    },
    icon("thread"),
    el("b", {}, count === 1 ? "1 reply" : `${count} replies`),
    el("span", { class: "thread-last" }, timeElement(fromTs(last))),
    icon("chevron"),
  );
}

function reactions({ reactions: given }) {
  if (!given) return undefined;
  const chips = Object.entries(given).map(([name, by]) => el("span", { class: "reaction" }, `:${name}: ${by.length}`));
  return el("p", { class: "reactions" }, chips);
}

/** What Slack says against a click stands under the block it was made in. */
async function acted(message, [actionId, chosen, blockId], fault, { click }) {
  fault.textContent = "";
  const answer = await click({ channel: message.channel, ts: message.ts }, actionId, chosen);
  if (answer.ok) return answer;
  fault.parentElement.querySelector(`.block[data-block-id="${CSS.escape(blockId)}"]`)?.after(fault);
  fault.textContent = answer.error ?? "That did not work.";
  return answer;
}
