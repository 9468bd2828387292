/** How people and channels are called, and in which colour people appear, for one person's view of the workspace. */
export function namesOf(seen, people) {
  const byId = new Map(seen.people.map((person) => [person.id, person]));
  const channels = new Map(seen.channels.map((channel) => [channel.id, channel]));
  const tones = new Map(people.map(({ id }, at) => [id, String(at % 3)]));
  return {
    who: (id) => byId.get(id),
    tone: (id) => tones.get(id),
    person: (id) => byId.get(id)?.realName ?? byId.get(id)?.name,
    channel: (id) => channels.get(id)?.name,
  };
}

/** A direct message has the app on its other side. */
export function channelTitle(channel) {
  return channel.isIm ? "Countersign" : channel.name;
}

/** Whether a message stands in the channel itself, not only in a thread. */
export function isInChannel({ ts, threadTs, broadcast }) {
  return threadTs === undefined || threadTs === ts || broadcast === true;
}
