import type { Json } from "../../operation/plan.ts";
import { ClusterFault, type KubeObject, type ObjectRef, type Session } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "./fields.ts";

/** A disruption budget as far as planning reads it. */
export interface Budget {
  readonly namespace: string;
  readonly name: string;
  /** How many pods it covers may be evicted now. */
  readonly room: number;
  readonly selector: Json;
}

/** The budgets of a namespace, or of the whole cluster; `unknown` where they may not be listed: never taken for none. */
export async function budgetsIn(
  reader: Session,
  namespace: string | undefined,
): Promise<readonly Budget[] | "unknown"> {
  const ref = { group: "policy", version: "v1", resource: "poddisruptionbudgets" };
  const seen = await listed(reader, namespace === undefined ? ref : { ...ref, namespace });
  return seen === "unknown" ? seen : seen.map(viewBudget);
}

/** A list that may not be read is `unknown`, and said to be: never taken for empty. */
export async function listed(reader: Session, ref: ObjectRef): Promise<readonly KubeObject[] | "unknown"> {
  try {
    return await reader.list(ref);
  } catch (fault) {
    if (fault instanceof ClusterFault && (fault.code === "forbidden" || fault.code === "not-found")) return "unknown";
    throw fault;
  }
}

function viewBudget(object: KubeObject): Budget {
  const metadata = record(object["metadata"]);
  return {
    namespace: text(metadata["namespace"]),
    name: text(metadata["name"]),
    room: number(record(object["status"])["disruptionsAllowed"]),
    selector: record(object["spec"])["selector"] ?? null,
  };
}

/** Whether a budget covers pods of these labels. An empty selector covers all of its namespace (policy/v1). */
export function covers({ selector }: Budget, labels: Readonly<Record<string, string>>): boolean {
  if (selector === null) return false;
  const { matchLabels, matchExpressions } = record(selector);
  return (
    Object.entries(texts(matchLabels)).every(([label, value]) => labels[label] === value) &&
    list(matchExpressions)
      .map(record)
      .every((expression) => holds(expression, labels))
  );
}

// metav1.LabelSelectorRequirement; an operator that is not known is taken to cover, so that nothing goes unsaid.
function holds(expression: Readonly<Record<string, Json>>, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[text(expression["key"])];
  const values = list(expression["values"]);
  switch (expression["operator"]) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return true;
  }
}

/** The disruption budgets that cover pods of these labels, each with its room, and what that means here. */
export async function budgetsOver(
  reader: Session,
  namespace: string,
  podLabels: Readonly<Record<string, string>>,
  meaning: string,
): Promise<readonly string[]> {
  const budgets = await budgetsIn(reader, namespace);
  if (budgets === "unknown") return ["Unknown: whether a disruption budget covers it; the reader may not list them."];
  return budgets
    .filter((budget) => covers(budget, podLabels))
    .map(({ name, room }) => `The disruption budget ${name} has room for ${room} now; ${meaning}.`);
}
