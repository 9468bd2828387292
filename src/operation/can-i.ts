import { catalogue } from "./catalogue.ts";
import type { Entry, Typed } from "./entry.ts";
import { type Name, type Namespace, parseName } from "./name.ts";
import { type KindName, kindOf, objectKinds } from "./object-kind.ts";
import type { OperationKind } from "./operation.ts";
import type { RbacRule } from "./rbac-rule.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { badName, namespaceMissing, short, tooMuch } from "./typed.ts";

/** `auth can-i`: whether a person may ask for what does this to objects of that kind. */
export interface Question {
  /** As it was typed: an RBAC verb, or a word of an operation, such as `restart`. */
  readonly verb: string;
  /** Absent: a kind that no operation is about, such as a Secret. */
  readonly object?: KindName;
  readonly subresource?: string;
  /** The resource as it was typed. */
  readonly resource: string;
  readonly cluster: string;
  readonly namespace?: Namespace;
  readonly name?: Name;
}

export const canIUsage = "auth can-i VERB RESOURCE[/NAME] -n NAMESPACE";

const resourceShape = /^[a-z]([-a-z0-9.]{0,80}[a-z0-9])?$/;

/** Reads what stands behind `auth`. */
export function readQuestion({ positionals, namespace, cluster }: Typed): Question | Refusal {
  const [word, verb = "", typed = "", second, ...more] = positionals;
  const wrong = (says: string) => refuse("bad-arguments", says, `Usage: \`${canIUsage}\``);
  if (word?.toLowerCase() !== "can-i") return wrong("After `auth` there is `can-i` alone.");
  if (!/^[a-z-]{1,30}$/i.test(verb)) return wrong("It is not said what is to be done.");
  const [resource = "", part, ...rest] = typed.toLowerCase().split("/");
  const tooMany = [...rest, ...(part !== undefined && second !== undefined ? [second] : []), ...more];
  if (tooMany.length > 0) return tooMuch(tooMany, canIUsage);
  if (!resourceShape.test(resource)) return wrong("It is not said to what.");
  const object = kindOf(resource);
  const asked = { verb: verb.toLowerCase(), resource, cluster };
  // What is about no kind we know is answered with a no, wherever it is.
  if (object === undefined) return asked;
  const { namespaced, noun } = objectKinds[object];
  if (namespaced && namespace === undefined) return namespaceMissing(canIUsage);
  if (!namespaced && namespace !== undefined)
    return refuse("bad-arguments", `A ${noun} belongs to no namespace.`, "Leave out `-n`.");
  const subresource = part !== undefined && subresources.has(part) ? part : undefined;
  const named = subresource === undefined ? (part ?? second) : second;
  const name = named === undefined ? undefined : parseName(named);
  if (named !== undefined && name === undefined) return badName("name", short(named));
  return {
    ...asked,
    object,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The question, as it would be typed. */
export function spokenQuestion({ verb, resource, subresource, name, namespace, cluster }: Question): string {
  const part = subresource === undefined ? "" : `/${subresource}`;
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  return `auth can-i ${verb} ${resource}${part}${name === undefined ? "" : ` ${name}`}${where} -c ${cluster}`;
}

/** What a kind has below it that is a right of its own. */
const subresources: ReadonlySet<string> = new Set(["log", "scale", "eviction", "status"]);
const reading: ReadonlySet<string> = new Set(["get", "list", "watch"]);
const entries = Object.entries(catalogue) as [OperationKind, Entry<never>][];

/** The operations that do this, by what their accounts may do; none where nobody can from here. */
export function operationsFor(question: Question): readonly OperationKind[] {
  const { object } = question;
  if (object === undefined) return [];
  return entries.filter(([kind, entry]) => does(question, object, kind, entry)).map(([kind]) => kind);
}

/** All the operations that are about this kind of object. */
export function operationsAbout(object: KindName): readonly OperationKind[] {
  return entries
    .filter(([, entry]) =>
      telling(entry).some(({ resources }) =>
        resources.some((one) => one.split("/")[0] === objectKinds[object].resource),
      ),
    )
    .map(([kind]) => kind);
}

function does({ verb, subresource }: Question, object: KindName, kind: OperationKind, entry: Entry<never>): boolean {
  const rules = telling(entry);
  const { resource } = objectKinds[object];
  // A word of ours, such as `restart` or `top`: what it is done to decides.
  if (!reading.has(verb) && kind.split("-").includes(verb))
    return rules.some(({ resources }) => resources.some((one) => one.split("/")[0] === resource));
  const ways: readonly (readonly [string, string])[] = [
    [subresource === undefined ? "" : `/${subresource}`, verb === "update" ? "patch" : verb],
    // An eviction is how a pod is deleted here.
    ...(verb === "delete" && object === "Pod" && subresource === undefined ? ([["/eviction", "create"]] as const) : []),
  ];
  return rules.some((rule) => ways.some(([part, way]) => rule.verbs.includes(way) && isOver(rule, object, part)));
}

/** What an operation is for: of a change the rules that change, of a log the log; it reads more only to do that. */
function telling({ group, rules }: Entry<never>): readonly RbacRule[] {
  if (group === "@change") return rules.filter(({ verbs }) => verbs.some((verb) => !reading.has(verb)));
  const parts = rules.filter(({ resources }) => resources.some((resource) => resource.includes("/")));
  return parts.length > 0 ? parts : rules;
}

/** Whether a rule is about this kind, or that part of it. */
function isOver({ apiGroups, resources }: RbacRule, object: KindName, part: string): boolean {
  const { group, resource } = objectKinds[object];
  return apiGroups.includes(group) && resources.includes(`${resource}${part}`);
}
