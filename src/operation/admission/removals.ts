import { catalogue } from "../catalogue.ts";
import type { OperationKind } from "../operation.ts";
import { type Guard, type Rule, theAccountOf } from "./guard.ts";

/** The right to delete reaches whatever has the name by then: the very object must be named, by its uid. */
const byUid: Rule = {
  expression: "request.options.?preconditions.?uid.orValue('') != ''",
  message: "it must name the object by its uid",
};

const graceIsNone: Rule = {
  expression: "request.options.?gracePeriodSeconds.orValue(-1) == 0",
  message: "it must be by force: an eviction is another operation",
};

/** What the accounts that remove objects are held to. */
export const removals: readonly Guard[] = [
  removing("delete-pod-force", { apiGroup: "", resource: "pods" }, [graceIsNone]),
];

function removing(
  operation: OperationKind,
  on: { readonly apiGroup: string; readonly resource: string },
  rules: readonly Rule[] = [],
): Guard {
  return {
    name: catalogue[operation].account,
    who: theAccountOf(operation),
    on: { ...on, operations: ["DELETE"] },
    rules: [byUid, ...rules],
  };
}
