/** What was sent before, gone through with arrow up and down; what stood there unsent comes back at the end. */
export function createTypedBefore() {
  const lines = [];
  let at = 0;
  let unsent = "";
  return {
    get isBrowsing() {
      return at < lines.length;
    },
    add(line) {
      if (lines.at(-1) !== line) lines.push(line);
      at = lines.length;
    },
    /** The line before (-1) or after (1); undefined when there is none. */
    go(by, current) {
      if (at === lines.length) unsent = current;
      const next = at + by;
      if (next < 0 || next > lines.length) return undefined;
      at = next;
      return lines[at] ?? unsent;
    },
    leave() {
      at = lines.length;
    },
  };
}
