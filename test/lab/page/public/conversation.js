import { examples } from "./commands.js";
import { createComposer } from "./composer.js";
import { el, icon, setText } from "./element.js";
import { messageNode } from "./message.js";
import { createMessageList } from "./message-list.js";
import { channelTitle, isInChannel } from "./names.js";

/** The channel somebody looks at, with its composer. */
export function createConversation(node, { send, doing }) {
  const title = el("h1", { class: "panel-title" });
  const about = el("p", { class: "panel-about" });
  const composer = createComposer(async (line) => {
    const answer = await send(line);
    list.toEnd();
    return answer;
  });
  const list = createMessageList("Messages", (item) => messageNode(item, doing()));
  const empty = emptyState((line) => composer.fill(line));
  node.replaceChildren(
    el("header", { class: "panel-head" }, title, about),
    el("div", { class: "conversation-body" }, list.node, empty),
    composer.node,
  );

  return {
    composer,
    /** Gives the focus back to the message a thread began with. */
    focusOn: (ts) => list.node.querySelector(`[data-ts="${CSS.escape(ts)}"] .thread-summary`)?.focus(),
    show({ me, channel, messages }) {
      const name = `${channel.isIm ? "" : "#"}${channelTitle(channel)}`;
      setText(title, name);
      setText(about, whoIsHere(channel));
      node.setAttribute("aria-label", name);
      const here = messages.filter((message) => message.channel === channel.id);
      list.show(
        `${me} ${channel.id}`,
        here.filter(isInChannel).map((message) => itemOf(message, here)),
      );
      empty.hidden = here.length > 0;
      list.node.hidden = here.length === 0;
      composer.show(me, channel.id, name);
    },
  };
}

function whoIsHere({ isIm, members, botAbsent }) {
  if (isIm) return "Only you and the app";
  return `${members.length} people ${botAbsent ? "without" : "and"} the app`;
}

function itemOf(message, here) {
  const replies = here.filter(({ threadTs, ts }) => threadTs === message.ts && ts !== message.ts);
  const root = message.threadTs !== message.ts && here.find(({ ts }) => ts === message.threadTs);
  return {
    message,
    replies: replies.length > 0 ? { count: replies.length, last: replies.at(-1).ts } : undefined,
    origin: root ? root.text || "a message" : undefined,
  };
}

function emptyState(choose) {
  return el(
    "div",
    { class: "empty", data: { testid: "empty" } },
    icon("mark"),
    el("h2", {}, "It is quiet here"),
    el("p", {}, "Ask the cluster for something. Nothing is sent before you press Enter."),
    el(
      "div",
      { class: "examples" },
      examples.map(({ says, line }) =>
        el(
          "button",
          { type: "button", class: "example", data: { testid: "example" }, on: { click: () => choose(line) } },
          el("b", {}, says),
          el("code", {}, line),
        ),
      ),
    ),
  );
}
