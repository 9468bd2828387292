import { z } from "zod";
import { type Passkey, writtenPasskey } from "./passkey.ts";
import { type People, type RosterSource, subjectAttributes } from "./people.ts";
import { present } from "./present.ts";
import type { KubernetesIdentities, KubernetesIdentity, Subject } from "./subject.ts";
import { type DocumentFault, readYaml } from "./yaml-document.ts";

// RBAC takes almost any text for a name; what cannot be read on a card is not taken here.
const known = z
  .string()
  .regex(/^[^\s\p{C}]{1,253}$/u, "a name in Kubernetes is up to 253 characters without blanks")
  .refine((name) => !name.startsWith("system:"), "what begins with system: belongs to the cluster itself");
const identity = { user: known.optional(), group: known.optional() };
const one = "say who they are: a user or a group, not both";
const isOne = ({ user, group }: { user?: unknown; group?: unknown }) => (user === undefined) !== (group === undefined);

const subjectShape = /^[\w.@|-]{1,128}$/;

const schema = z.strictObject({
  scim: z.strictObject({ file: z.string().min(1), subject: z.enum(subjectAttributes) }).optional(),
  subjects: z.record(
    z.string().regex(subjectShape, "a subject is the identity provider's `sub`: letters, digits and . _ - @ |"),
    z.strictObject({
      slack: z
        .array(z.string().regex(/^[TE][A-Z0-9]+\/[UW][A-Z0-9]+$/, "a Slack person is TEAM/USER, such as T0123/U0456"))
        .default([]),
      groups: z.array(z.string().min(1)).default([]),
      kubernetes: z
        .strictObject({
          ...identity,
          clusters: z.record(z.string(), z.strictObject(identity).refine(isOne, one)).optional(),
        })
        .refine((who) => isOne(who) || (who.clusters !== undefined && !who.user && !who.group), one)
        .optional(),
      passkeys: z.array(writtenPasskey).min(1).max(20).optional(),
    }),
  ),
});

/** The people a document lists itself, and where it has more of them from. */
export interface Listed extends People {
  /** Absent: from nowhere. */
  readonly scim?: RosterSource;
}

/** Whether this can be the `sub` of anybody here. */
export function isSubject(text: string): boolean {
  return subjectShape.test(text);
}

/**
 * Reads a directory document; one Slack person may be linked to one subject only, and so may a passkey. It is the root of
 * trust of passkeys: each process reads a copy of its own, mounted by an administrator, so that whoever holds the web
 * process and the records can register nothing that counts.
 */
export function readDirectory(text: string): Listed | { readonly faults: readonly DocumentFault[] } {
  const reading = readYaml(text, schema);
  if ("faults" in reading) return reading;
  const faults: DocumentFault[] = [];
  const subjects = new Map<string, Subject>();
  const bySlack = new Map<string, Subject>();
  const slackUsers = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  for (const [sub, { slack, groups, kubernetes, passkeys }] of Object.entries(reading.value.subjects)) {
    const subject = present<Subject>({
      sub,
      groups,
      kubernetes: kubernetes && identitiesOf(kubernetes),
      passkeys: passkeys?.map((passkey) => present<Passkey>(passkey)),
    });
    subjects.set(sub, subject);
    slackUsers.set(
      sub,
      slack.map((person) => person.split("/")[1] ?? ""),
    );
    slack.forEach((person, i) => {
      if (bySlack.has(person))
        faults.push({ ...reading.at(["subjects", sub, "slack", i]), says: `${person} is linked to two subjects` });
      bySlack.set(person, subject);
    });
    passkeys?.forEach(({ id, key }, i) => {
      if (taken.has(`id ${id}`) || taken.has(`key ${key}`))
        faults.push({ ...reading.at(["subjects", sub, "passkeys", i]), says: "this passkey is listed twice" });
      taken.add(`id ${id}`).add(`key ${key}`);
    });
  }
  if (faults.length > 0) return { faults };
  return present<Listed>({ subjects, bySlack, slackUsers, scim: reading.value.scim });
}

type Written = NonNullable<z.infer<typeof schema>["subjects"][string]["kubernetes"]>;

function identitiesOf({ user, group, clusters = {} }: Written): KubernetesIdentities {
  const usual = identityOf({ user, group });
  const per = Object.entries(clusters).flatMap(([cluster, who]) => {
    const there = identityOf(who);
    return there ? [[cluster, there] as const] : [];
  });
  return { ...(usual ? { usual } : {}), per: Object.fromEntries(per) };
}

function identityOf({ user, group }: Pick<Written, "user" | "group">): KubernetesIdentity | undefined {
  if (user !== undefined) return { kind: "User", name: user };
  return group === undefined ? undefined : { kind: "Group", name: group };
}
