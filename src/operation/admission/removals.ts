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

const ownedByNone: Rule = {
  expression: "oldObject.metadata.?ownerReferences.orValue([]).all(owner, !owner.?controller.orValue(false))",
  message: "what another object owns would be made anew",
};

/** Said nothing, the pods of a Job would stay behind and go on running. */
const policySaid: Rule = {
  expression: "request.options.?propagationPolicy.orValue('') != ''",
  message: "it must say what becomes of the pods",
};

/** What the accounts that remove objects are held to. */
export const removals: readonly Guard[] = [
  removing("delete-pod-force", { apiGroup: "", resource: "pods" }, [graceIsNone]),
  removing("delete-deployment", { apiGroup: "apps", resource: "deployments" }, [ownedByNone]),
  removing("delete-statefulset", { apiGroup: "apps", resource: "statefulsets" }, [ownedByNone]),
  removing("delete-job", { apiGroup: "batch", resource: "jobs" }, [policySaid]),
  removing("delete-configmap", { apiGroup: "", resource: "configmaps" }, [ownedByNone]),
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
