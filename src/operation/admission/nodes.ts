import { catalogue } from "../catalogue.ts";
import { type Guard, stamped, theAccountOf, unchanged } from "./guard.ts";

/** What else stands in the spec of a node; taints follow `unschedulable`, and are not ours to write. */
const specFields = ["taints", "podCIDR", "podCIDRs", "providerID", "configSource", "externalID"];

/** RBAC can only say `patch nodes`, which would be leave to relabel and taint them: this says which of its fields. */
function scheduling(operation: "cordon" | "uncordon" | "drain", unschedulable: boolean): Guard {
  return {
    name: operation === "drain" ? "countersign-drain-nodes" : catalogue[operation].account,
    who: theAccountOf(operation),
    on: { apiGroup: "", resource: "nodes", operations: ["CREATE", "UPDATE"] },
    variables: stamped.variables,
    rules: [
      ...stamped.rules,
      {
        expression: `object.spec.?unschedulable.orValue(false) == ${unschedulable}`,
        message: `spec.unschedulable must become ${unschedulable}`,
      },
      ...specFields.map((name) => unchanged(`spec.${name}`)),
    ],
  };
}

export const cordons = scheduling("cordon", true);
export const uncordons = scheduling("uncordon", false);
export const drains = scheduling("drain", true);
