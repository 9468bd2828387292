import { el, icon, setText } from "./element.js";
import { messageNode } from "./message.js";
import { createMessageList } from "./message-list.js";
import { channelTitle } from "./names.js";

/** The pane with one thread; hidden while none is open. */
export function createThread(node, { doing, close }) {
  const about = el("p", { class: "panel-about" });
  const list = createMessageList("Replies", (item) => messageNode(item, doing()));
  node.dataset.testid = "thread";
  node.replaceChildren(
    el(
      "header",
      { class: "panel-head" },
      el("h2", { class: "panel-title" }, "Thread"),
      about,
      el(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Close the thread",
          data: { testid: "thread-close" },
          on: { click: close },
        },
        icon("close"),
      ),
    ),
    list.node,
  );

  function show({ me, channel, thread, messages }) {
    const within = ({ ts, threadTs }) => thread !== undefined && (ts === thread || threadTs === thread);
    const said = messages.filter((message) => message.channel === channel.id && within(message));
    const opened = node.hidden && said.length > 0;
    node.hidden = said.length === 0;
    node.parentElement.classList.toggle("with-thread", !node.hidden);
    if (node.hidden) return;
    setText(about, `${channel.isIm ? "" : "#"}${channelTitle(channel)}`);
    list.show(
      `${me} ${channel.id} ${thread}`,
      said.map((message) => ({ message })),
    );
    if (opened) list.focus();
  }

  return { show };
}
