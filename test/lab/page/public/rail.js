import { el, icon } from "./element.js";
import { channelTitle } from "./names.js";
import { reconcile } from "./reconcile.js";

/** The list of channels and direct messages; returns the way to show it. */
export function createRail(node, open) {
  const channels = el("ul", { class: "rail-list" });
  const directs = el("ul", { class: "rail-list" });
  const directHeading = el("h2", { class: "rail-heading", hidden: true }, "Direct messages");
  node.replaceChildren(el("h2", { class: "rail-heading" }, "Channels"), channels, directHeading, directs);

  const entries = (list, seen, current, unread) =>
    reconcile(
      list,
      seen.map((channel) => ({ channel, current: channel.id === current, news: unread(channel.id) })),
      {
        keyOf: ({ channel }) => channel.id,
        build: (item) => entry(item, open),
      },
    );

  return ({ seen, channel: current, unread }) => {
    const isDirect = ({ isIm }) => isIm === true;
    const [talks, places] = [seen.channels.filter(isDirect), seen.channels.filter((one) => !isDirect(one))];
    directHeading.hidden = talks.length === 0;
    entries(channels, places, current, unread);
    entries(directs, talks, current, unread);
  };
}

function entry({ channel, current, news }, open) {
  const sign = channel.isIm
    ? icon("mark")
    : channel.isPrivate
      ? icon("lock")
      : el("span", { class: "hash", "aria-hidden": "true" }, "#");
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "rail-entry",
        "aria-current": current ? "page" : undefined,
        data: { testid: `channel-${channel.id}`, actionId: `open-${channel.id}`, news: String(news) },
        on: { click: () => open(channel.id) },
      },
      sign,
      el("span", { class: "rail-name" }, channelTitle(channel)),
      news > 0 && !current && el("span", { class: "badge" }, String(news), el("span", { class: "unseen" }, " new")),
    ),
  );
}
