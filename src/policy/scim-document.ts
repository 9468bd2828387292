import { z } from "zod";
import { isSubject } from "./directory-document.ts";
import { faultsIn, readJson } from "./json-document.ts";
import type { Roster, SubjectAttribute } from "./people.ts";
import type { DocumentFault, Locate } from "./yaml-document.ts";

const listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

const schemas = z.array(z.string());
const list = z.object({
  schemas: schemas.refine((all) => all.includes(listResponse), `must name ${listResponse}`),
  totalResults: z.int(),
  Resources: z.array(z.looseObject({ schemas })).default([]),
});
const id = z.string().min(1);
const user = z.object({
  id,
  // RFC 7643 section 4.1.1 leaves open what it means where it is absent; nobody is let in by that.
  active: z.boolean("say true or false: it decides whether this person is anybody"),
  userName: z.string().nullish(),
  externalId: z.string().nullish(),
});
const group = z.object({
  id,
  displayName: z.string().min(1),
  members: z.array(z.object({ value: z.string() })).nullish(),
});
type User = z.infer<typeof user>;
type Group = z.infer<typeof group>;

/** What was read, and which of the resources it was. */
interface Found<T> {
  readonly it: T;
  readonly place: number;
}

/**
 * Reads SCIM resources (RFC 7643), Users and Groups as one whole ListResponse (RFC 7644 section 3.4.2). A Group counts by
 * its `displayName`, and those in a Group within it count too. A User whose attribute is no subject is nobody, and so is
 * a member that is no resource here.
 */
export function readScim(text: string, by: SubjectAttribute): Roster | { readonly faults: readonly DocumentFault[] } {
  const reading = readJson(text, list);
  if ("faults" in reading) return reading;
  const { value, at } = reading;
  const { Resources: resources, totalResults } = value;
  // A page of it may leave out whoever is not active any more.
  if (totalResults !== resources.length)
    return fault(at, ["totalResults"], `it holds ${resources.length} of ${totalResults} resources: export all in one`);
  const users = resourcesOf(resources, userSchema, user, at);
  const groups = resourcesOf(resources, groupSchema, group, at);
  // A userName is one whatever its case (RFC 7643 section 4.1.1); the others are not.
  const fold = (sub: string) => (by === "userName" ? sub.toLowerCase() : sub);
  const faults = [
    ...users.faults,
    ...groups.faults,
    ...twice<User | Group>([...users.found, ...groups.found], "id", ({ id }) => id, at),
    ...(by === "id" ? [] : twice(users.found, by, (one) => (one[by] ? fold(one[by]) : undefined), at)),
    // Whoever may make groups could make a second one of that name.
    ...twice(groups.found, "displayName", ({ displayName }) => displayName, at),
  ];
  if (faults.length > 0) return { faults };
  const namesOf = membership(groups.found.map(({ it }) => it));
  const active = new Map<string, readonly string[]>();
  const gone = new Set<string>();
  for (const { it } of users.found) {
    const sub = it[by];
    if (!sub || !isSubject(sub)) continue;
    if (it.active) active.set(sub, namesOf(it.id));
    else gone.add(fold(sub));
  }
  return { active, isGone: (sub) => gone.has(fold(sub)) };
}

function resourcesOf<T>(
  resources: z.infer<typeof list>["Resources"],
  kind: string,
  schema: z.ZodType<T>,
  at: Locate,
): { readonly found: readonly Found<T>[]; readonly faults: readonly DocumentFault[] } {
  const found: Found<T>[] = [];
  const faults: DocumentFault[] = [];
  resources.forEach((resource, place) => {
    if (!resource.schemas.includes(kind)) return;
    const read = schema.safeParse(resource);
    if (read.success) found.push({ it: read.data, place });
    else faults.push(...faultsIn(read.error.issues, ["Resources", place], at));
  });
  return { found, faults };
}

/** A fault for each that has the same as one before it. */
function twice<T>(
  found: readonly Found<T>[],
  attribute: string,
  of: (it: T) => string | undefined,
  at: Locate,
): readonly DocumentFault[] {
  const taken = new Set<string>();
  return found.flatMap(({ it, place }) => {
    const value = of(it);
    if (value === undefined) return [];
    const path = ["Resources", place, attribute];
    if (taken.has(value)) return [{ ...at(path), says: `${path.join(".")}: another one has the same` }];
    taken.add(value);
    return [];
  });
}

/** The names of all groups that a resource is in, directly or through another. */
function membership(groups: readonly Group[]): (id: string) => readonly string[] {
  const holders = new Map<string, Group[]>();
  for (const one of groups)
    for (const { value } of one.members ?? []) holders.set(value, [...(holders.get(value) ?? []), one]);
  return (id) => {
    const reached = new Set<Group>();
    const pending = [id];
    for (let next = pending.pop(); next !== undefined; next = pending.pop())
      for (const holder of holders.get(next) ?? []) {
        if (reached.has(holder)) continue;
        reached.add(holder);
        pending.push(holder.id);
      }
    return [...reached].map(({ displayName }) => displayName);
  };
}

function fault(at: Locate, path: readonly string[], says: string) {
  return { faults: [{ ...at(path), says: `${path.join(".")}: ${says}` }] };
}
