import { catalogue } from "../catalogue.ts";
import { type Guard, onlyFields, stamped, theAccountOf } from "./guard.ts";

/** Taints follow `unschedulable`, and are not ours to write. */
const spec = onlyFields("moved", "spec", ["unschedulable"]);

/** RBAC can only say `patch nodes`, which would be leave to relabel and taint them: this says which of its fields. */
function scheduling(operation: "cordon" | "uncordon" | "drain", unschedulable: boolean): Guard {
  return {
    name: operation === "drain" ? "countersign-drain-nodes" : catalogue[operation].account,
    who: theAccountOf(operation),
    on: { apiGroup: "", resource: "nodes", operations: ["CREATE", "UPDATE"] },
    variables: [...stamped.variables, ...spec.variables],
    rules: [
      ...stamped.rules,
      {
        expression: `object.spec.?unschedulable.orValue(false) == ${unschedulable}`,
        message: `spec.unschedulable must become ${unschedulable}`,
      },
      ...spec.rules,
    ],
  };
}

export const cordons = scheduling("cordon", true);
export const uncordons = scheduling("uncordon", false);
export const drains = scheduling("drain", true);
