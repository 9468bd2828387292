/** Members with the time from which somebody should look at them: what Redis's sorted sets are used for. */
export interface SortedSet {
  set(member: string, at: number): void;
  delete(member: string): void;
  /** Moves a member that is in the set to this time. */
  hasten(member: string, at: number): void;
  /** Those whose time has come, earliest first; each is put off by `patience`. */
  due(now: number, patience: number, limit: number): readonly string[];
}

export function sortedSet(): SortedSet {
  const times = new Map<string, number>();
  return {
    set: (member, at) => void times.set(member, at),
    delete: (member) => void times.delete(member),
    hasten: (member, at) => void (times.has(member) && times.set(member, at)),
    due(now, patience, limit) {
      const found = [...times].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
      const members = found.slice(0, limit).map(([member]) => member);
      for (const member of members) times.set(member, now + patience);
      return members;
    },
  };
}
