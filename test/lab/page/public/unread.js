import { isInChannel } from "./names.js";

/** Knows what each person has not looked at yet since the page was opened. Their own words are never new to them. */
export function createUnread(began = Date.now() / 1000) {
  const read = new Map();
  const keyOf = (person, channel) => `${person} ${channel}`;

  function isNew(person, message) {
    const since = read.get(keyOf(person, message.channel)) ?? began;
    return message.user !== person && Number(message.ts) > since && isInChannel(message);
  }

  return {
    looked(person, channel, messages) {
      const last = messages.findLast((message) => message.channel === channel);
      if (last) read.set(keyOf(person, channel), Number(last.ts));
    },
    count: (person, channel, messages) =>
      messages.filter((message) => message.channel === channel && isNew(person, message)).length,
    /** Whether something new to them has a button that wants to be pressed. */
    isAwaited: (person, messages) => messages.some((message) => hasCall(message) && isNew(person, message)),
  };
}

function hasCall({ blocks }) {
  const elements = blocks.flatMap(({ type, elements: inside }) => (type === "actions" ? inside : []));
  return elements.some(({ type, style }) => type === "button" && style === "primary");
}
