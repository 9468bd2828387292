import type { Subject } from "./subject.ts";

/** Who is who: subjects with their groups, and the Slack people they are. */
export interface People {
  readonly subjects: ReadonlyMap<string, Subject>;
  /** `team/user` -> subject; undefined: theirs who are nobody now. */
  readonly bySlack: ReadonlyMap<string, Subject | undefined>;
  /** Subject -> the ids of the Slack users they are. */
  readonly slackUsers: ReadonlyMap<string, readonly string[]>;
}

/** Which attribute of a SCIM User is the `sub` that the identity provider logs them in by. */
export const subjectAttributes = ["userName", "externalId", "id"] as const;
export type SubjectAttribute = (typeof subjectAttributes)[number];

/** Where a directory document has more people from. */
export interface RosterSource {
  /** A file, from where the document lies. */
  readonly file: string;
  readonly subject: SubjectAttribute;
}

/** People as the identity provider lists them. */
export interface Roster {
  /** Subject -> groups, of those who are active. */
  readonly active: ReadonlyMap<string, readonly string[]>;
  /** Whether it says of this subject that they are not active any more. */
  isGone(sub: string): boolean;
}

/**
 * The people of a directory document and of the roster it names. Who is in both is in the groups of both; who is gone
 * from the roster is nobody, whatever the document says of them.
 */
export function withRoster(listed: People, { active, isGone }: Roster): People {
  const subjects = new Map<string, Subject>();
  for (const [sub, subject] of listed.subjects) {
    const groups = [...new Set([...subject.groups, ...(active.get(sub) ?? [])])];
    if (!isGone(sub)) subjects.set(sub, { ...subject, groups });
  }
  for (const [sub, groups] of active) if (!subjects.has(sub)) subjects.set(sub, { sub, groups });
  const bySlack = new Map([...listed.bySlack].map(([person, who]) => [person, who && subjects.get(who.sub)]));
  const slackUsers = new Map([...listed.slackUsers].filter(([sub]) => subjects.has(sub)));
  return { subjects, bySlack, slackUsers };
}
