import { type Guard, theAccountOf } from "./guard.ts";

// The right to evict reaches any pod by its name, and could cut short the time it is given to end.
export const evictions: Guard = {
  name: "countersign-evictions",
  who: `${theAccountOf("delete-pod")} || ${theAccountOf("drain")}`,
  on: { apiGroup: "", resource: "pods/eviction", operations: ["CREATE"] },
  rules: [
    {
      expression: "object.?deleteOptions.?preconditions.?uid.orValue('') != ''",
      message: "it must name the pod by its uid",
    },
    ...["gracePeriodSeconds", "propagationPolicy", "orphanDependents"].map((field) => ({
      expression: `!has(object.deleteOptions) || !has(object.deleteOptions.${field})`,
      message: `it must leave ${field} as it is`,
    })),
  ],
};
