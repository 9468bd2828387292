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
    /** Whether something new to them has a button that wants to be pressed, by them. */
    isAwaited: (person, messages) =>
      messages.some(
        (message) => isNew(person, message) && callsIn(message).some((call) => isFor(person, call, message, messages)),
      ),
  };
}

function callsIn({ blocks }) {
  const elements = blocks.flatMap(({ type, elements: inside }) => (type === "actions" ? inside : []));
  return elements.filter(({ type, style }) => type === "button" && style === "primary");
}

/** A code is the requester's to give, whom the thread names; a review is for anybody but the one the card names. */
function isFor(person, { action_id: action }, { ts, channel }, messages) {
  if (action !== "prove" && action !== "review") return true;
  const about = messages.filter((one) => one.channel === channel && (one.ts === ts || one.threadTs === ts));
  const isNamed = about.some(({ blocks }) => names(blocks, person));
  return (action === "prove") === isNamed;
}

function names(part, person) {
  if (typeof part !== "object" || part === null) return false;
  if (part.type === "user") return part.user_id === person;
  return Object.values(part).some((inside) => names(inside, person));
}
