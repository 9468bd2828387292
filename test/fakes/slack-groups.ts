import type { SlackGroups } from "../../src/ports.ts";

export interface FakeSlackGroups extends SlackGroups {
  /** Puts these Slack users into a user group, and nobody else. */
  put(group: string, ...users: readonly string[]): void;
  /** From now on Slack does not answer, so nobody is in any. */
  leave(): void;
}

export function fakeSlackGroups(): FakeSlackGroups {
  const groups = new Map<string, readonly string[]>();
  return {
    put: (group, ...users) => void groups.set(group, users),
    leave: () => groups.clear(),
    lists: async (group, { user }) => groups.get(group)?.includes(user) === true,
  };
}
