import { isChange, nameOf, namespaceOf, type Operation, type RunRunbook } from "../operation/operation.ts";
import type { DecisionFacts } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";

/** What the policy is asked about an operation, with as much of the plan as is known by now. */
export function factsOf(operation: Operation, subject: Subject, plan: DecisionFacts["plan"]): DecisionFacts {
  if (operation.kind === "runbook") return factsOfRunbook(operation, subject, plan);
  const name = nameOf(operation);
  const namespace = namespaceOf(operation);
  const spread = typeof plan === "string" ? [] : (plan.namespaces ?? []);
  return {
    subject,
    operation: operation.kind,
    cluster: operation.cluster,
    namespaces: [...(namespace === undefined ? [] : [namespace]), ...spread],
    ...(name === undefined ? {} : { name }),
    ...(operation.kind === "elevate"
      ? { elevation: { role: operation.target.name, ms: operation.seconds * 1000 } }
      : {}),
    ...(operation.kind === "set-image" ? { images: Object.values(operation.images) } : {}),
    ...settingOf(operation),
    plan: isAboutOneObject(operation) ? plan : "unknown",
  };
}

/** The whole by its name and its size; where it acts, and on what, is decided step by step. */
function factsOfRunbook(operation: RunRunbook, subject: Subject, plan: DecisionFacts["plan"]): DecisionFacts {
  const { cluster, name } = operation;
  const steps = operation.steps.map((step, i) =>
    factsOf(step, subject, typeof plan === "string" ? plan : (plan.steps?.[i] ?? "unknown")),
  );
  return { subject, operation: "runbook", cluster, namespaces: [], name, plan, runbook: { operation, steps } };
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
