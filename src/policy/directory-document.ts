import { z } from "zod";
import type { Subject } from "./subject.ts";
import { type DocumentFault, readYaml } from "./yaml-document.ts";

const schema = z.strictObject({
  subjects: z.record(
    z.string().regex(/^[\w.@|-]{1,128}$/, "a subject is the identity provider's `sub`: letters, digits and . _ - @ |"),
    z.strictObject({
      slack: z
        .array(z.string().regex(/^[TE][A-Z0-9]+\/[UW][A-Z0-9]+$/, "a Slack person is TEAM/USER, such as T0123/U0456"))
        .default([]),
      groups: z.array(z.string().min(1)).default([]),
    }),
  ),
});

/** Who is who: subjects with their groups, and the Slack people they are. */
export interface People {
  readonly subjects: ReadonlyMap<string, Subject>;
  /** `team/user` -> subject. */
  readonly bySlack: ReadonlyMap<string, Subject>;
}

/** Reads a directory document; one Slack person may be linked to one subject only. */
export function readDirectory(text: string): People | { readonly faults: readonly DocumentFault[] } {
  const reading = readYaml(text, schema);
  if ("faults" in reading) return reading;
  const faults: DocumentFault[] = [];
  const subjects = new Map<string, Subject>();
  const bySlack = new Map<string, Subject>();
  for (const [sub, { slack, groups }] of Object.entries(reading.value.subjects)) {
    const subject = { sub, groups };
    subjects.set(sub, subject);
    slack.forEach((person, i) => {
      if (bySlack.has(person))
        faults.push({ ...reading.at(["subjects", sub, "slack", i]), says: `${person} is linked to two subjects` });
      bySlack.set(person, subject);
    });
  }
  return faults.length > 0 ? { faults } : { subjects, bySlack };
}
