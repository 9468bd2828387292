import type { Subject } from "../../src/policy/subject.ts";
import type { Directory } from "../../src/ports.ts";

/** A subject with the Slack accounts linked to them, as `TEAM/USER`. */
export interface Listed extends Subject {
  readonly slack?: readonly string[];
}

export interface FakeDirectory extends Directory {
  /** Lists a person, or lists them anew. */
  put(person: Listed): void;
  remove(sub: string): void;
}

export function fakeDirectory(people: readonly Listed[] = []): FakeDirectory {
  const listed = new Map(people.map((person) => [person.sub, person]));
  const subjectOf = ({ slack: _, ...subject }: Listed): Subject => subject;
  return {
    put: (person) => void listed.set(person.sub, person),
    remove: (sub) => void listed.delete(sub),
    async subject(sub) {
      const found = listed.get(sub);
      return found && subjectOf(found);
    },
    people: async () => [...listed.values()].map(subjectOf),
    async bySlack(team, user) {
      const found = [...listed.values()].filter(({ slack }) => slack?.includes(`${team}/${user}`));
      // Two people with one account is a fault of the list: neither is meant.
      return found.length === 1 && found[0] ? subjectOf(found[0]) : undefined;
    },
    slackUsers: async (sub) => (listed.get(sub)?.slack ?? []).map((person) => person.split("/")[1] ?? ""),
  } satisfies FakeDirectory;
}
