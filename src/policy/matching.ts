import { catalogue } from "../operation/catalogue.ts";
import type { OperationKind } from "../operation/operation.ts";
import type { DecisionFacts, Known, Permit, Raise } from "./policy.ts";
import type { Subject } from "./subject.ts";

/**
 * Whether this permit is about this person and this kind of operation; about nothing else it can be. `besides`: groups
 * that count here beside those of the directory.
 */
export function permitHolds(permit: Permit, facts: DecisionFacts, besides: readonly string[] = []): boolean {
  const { sub, groups } = facts.subject;
  const subject = { sub, groups: [...groups, ...besides] };
  return matchesSubject(permit.subjects, subject) && matchesOperation(permit.operations, facts.operation);
}

/** Whether all of its matchers match; what they need and is unknown does. `known`: the facts for its condition. */
export function raiseHolds(raise: Raise, facts: DecisionFacts, known: Known): boolean {
  if (raise.subjects && !mayMatch(raise.subjects, facts.subject)) return false;
  if (raise.operations && !matchesOperation(raise.operations, facts.operation)) return false;
  if (raise.clusters && !raise.clusters.some((pattern) => glob(pattern, facts.cluster))) return false;
  const { namespaces } = raise;
  // Where it would act is not known without its plan, so any namespace may be meant.
  const anywhere = catalogue[facts.operation].spreads === true && facts.plan === "unknown";
  if (namespaces && !anywhere && !facts.namespaces.some((place) => namespaces.some((pattern) => glob(pattern, place))))
    return false;
  // Without a name the operation reaches every object of the namespace, so any pattern may be meant.
  if (raise.names && facts.name !== undefined && !raise.names.some((pattern) => glob(pattern, facts.name ?? "")))
    return false;
  if (!raisesByTime(raise, facts)) return false;
  return raisesByElevation(raise, facts) && raisesByPlan(raise, facts.plan) && raisesByCondition(raise, facts, known);
}

function raisesByTime({ during }: Raise, { now }: DecisionFacts): boolean {
  return during === undefined || now === undefined || (during.from <= now && now < during.to);
}

function raisesByElevation({ roles, longerThan }: Raise, { operation, elevation }: DecisionFacts): boolean {
  if (roles === undefined && longerThan === undefined) return true;
  // Of an elevation that is not known it may be any role, for any time.
  if (!elevation) return operation === "elevate";
  if (roles && !roles.some((pattern) => glob(pattern, elevation.role))) return false;
  return longerThan === undefined || elevation.ms > longerThan;
}

function raisesByPlan(raise: Raise, plan: DecisionFacts["plan"]): boolean {
  if (raise.labels === undefined && raise.replicasOver === undefined) return true;
  if (plan === "not-yet") return false;
  if (plan === "unknown") return true;
  if (raise.replicasOver !== undefined && !(plan.replicas > raise.replicasOver)) return false;
  return Object.entries(raise.labels ?? {}).every(([label, values]) => {
    const value = Object.hasOwn(plan.labels, label) ? plan.labels[label] : undefined;
    return value !== undefined && values.some((pattern) => glob(pattern, value));
  });
}

function raisesByCondition({ when }: Raise, { operation, plan }: DecisionFacts, known: Known): boolean {
  if (!when) return true;
  const { about } = when;
  // Before planning, rules about the plan wait: they are asked again once there is one.
  const ofPlan = about.has("plan") || about.has("target") || (about.has("namespaces") && catalogue[operation].spreads);
  return plan === "not-yet" && ofPlan ? false : when.holds(known);
}

/** Of somebody whose groups are not all known any may be meant. */
function mayMatch(patterns: readonly string[], subject: Subject): boolean {
  if (subject.partial && patterns.some((pattern) => pattern.startsWith("group:"))) return true;
  return matchesSubject(patterns, subject);
}

/** `group:NAME`, a subject's identifier, or `*`. */
export function matchesSubject(patterns: readonly string[], subject: Subject): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith("group:")
      ? subject.groups.includes(pattern.slice("group:".length))
      : pattern === "*" || pattern === subject.sub,
  );
}

/** Kinds of operations, or the group they are of. */
export function matchesOperation(patterns: readonly string[], operation: OperationKind): boolean {
  return patterns.some((pattern) => pattern === operation || pattern === catalogue[operation].group);
}

/** `*` stands for any run of characters; everything else for itself. */
function glob(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
