/**
 * Who plays, and where each person looks. It stands in the address (`#U1/C1`), so that a reload or a second window
 * begins there.
 */
export function createSession(people, changed) {
  const places = new Map(people.map(({ id }) => [id, {}]));
  const [asked, channel] = location.hash.slice(1).split("/");
  let person = places.has(asked) ? asked : people[0]?.id;
  places.set(person, { channel });

  function go(change) {
    Object.assign(places.get(person), change);
    const { channel: at } = places.get(person);
    history.replaceState(undefined, "", `#${person}${at ? `/${at}` : ""}`);
    changed();
  }

  return {
    get person() {
      return person;
    },
    get channel() {
      return places.get(person).channel;
    },
    /** The `ts` a thread began with; undefined when none is open. */
    get thread() {
      return places.get(person).thread;
    },
    become(id) {
      if (!places.has(id) || id === person) return;
      // Somebody who was not here yet starts where the page was looking.
      const start = places.get(id).channel ?? places.get(person).channel;
      person = id;
      go({ channel: start });
    },
    open: (id) => go({ channel: id, thread: undefined }),
    openThread: (ts) => go({ thread: ts }),
    closeThread: () => go({ thread: undefined }),
  };
}
