import { isInChannel } from "./names.js";

/** Counts what each person has not looked at yet, by channel. Their own words are never new to them. */
export function createUnread() {
  const read = new Map();
  const began = Date.now() / 1000;
  const keyOf = (person, channel) => `${person} ${channel}`;
  return {
    looked(person, channel, messages) {
      const last = messages.findLast((message) => message.channel === channel);
      if (last) read.set(keyOf(person, channel), Number(last.ts));
    },
    count(person, channel, messages) {
      const since = read.get(keyOf(person, channel)) ?? began;
      const isNew = (message) =>
        message.channel === channel && message.user !== person && Number(message.ts) > since && isInChannel(message);
      return messages.filter(isNew).length;
    },
  };
}
