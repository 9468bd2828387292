import { isChange, nameOf, namespaceOf, type Operation, type RunRunbook } from "../operation/operation.ts";
import type { PlanFacts } from "../operation/plan.ts";
import type { Circumstances, DecisionFacts } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";

/** What the policy is asked about an operation, with as much of the plan and the circumstances as is known by now. */
export function factsOf(
  operation: Operation,
  subject: Subject,
  plan: DecisionFacts["plan"],
  circumstances: Circumstances = {},
): DecisionFacts {
  if (operation.kind === "runbook") return factsOfRunbook(operation, subject, plan, circumstances);
  const name = nameOf(operation);
  return {
    ...circumstances,
    subject,
    operation: operation.kind,
    cluster: operation.cluster,
    namespaces: placesOf(operation, typeof plan === "string" ? unplanned : plan),
    ...(name === undefined ? {} : { name }),
    ...(operation.kind === "elevate"
      ? { elevation: { role: operation.target.name, ms: operation.seconds * 1000 } }
      : {}),
    ...(operation.kind === "set-image" ? { images: Object.values(operation.images) } : {}),
    ...settingOf(operation),
    plan: isAboutOneObject(operation) ? plan : "unknown",
  };
}

const unplanned: PlanFacts = { replicas: 0, labels: {} };

/** The whole by its name and its size; where it acts, and on what, is decided step by step. */
function factsOfRunbook(
  operation: RunRunbook,
  subject: Subject,
  plan: DecisionFacts["plan"],
  circumstances: Circumstances,
): DecisionFacts {
  const { cluster, name } = operation;
  const steps = operation.steps.map((step, i) =>
    factsOf(step, subject, typeof plan === "string" ? plan : (plan.steps?.[i] ?? "unknown"), circumstances),
  );
  return {
    ...circumstances,
    ...{ subject, operation: "runbook", cluster, namespaces: [], name, plan },
    runbook: { operation, steps },
  };
}

/** Every namespace that an operation of this plan acts in. */
export function placesOf(operation: Operation, plan: PlanFacts): readonly string[] {
  if (operation.kind === "runbook")
    return operation.steps.flatMap((step, i) => placesOf(step, plan.steps?.[i] ?? unplanned));
  const namespace = namespaceOf(operation);
  return [...(namespace === undefined ? [] : [namespace]), ...(plan.namespaces ?? [])];
}

/**
 * A read is about no object whose facts could be known, and a role reaches every object of its namespace: whatever guards
 * one of them guards the role. Only `view` changes none.
 */
function isAboutOneObject(operation: Operation): boolean {
  if (operation.kind === "elevate") return operation.target.name === "view";
  return isChange(operation);
}

function settingOf(operation: Operation): Pick<DecisionFacts, "fields"> {
  switch (operation.kind) {
    case "label":
    case "annotate":
      return {
        fields: { by: operation.kind, kind: operation.target.kind, names: Object.keys(operation.marks) },
      };
    case "patch":
      return { fields: { by: "patch", kind: operation.target.kind, names: [operation.field] } };
    default:
      return {};
  }
}
