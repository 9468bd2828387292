import { elevationGuards } from "./admission/elevations.ts";
import { annotations, labels, patches } from "./admission/fields.ts";
import { type Guard, policyAndBinding } from "./admission/guard.ts";
import { jobs, suspensions } from "./admission/jobs.ts";
import { cordons, drains, uncordons } from "./admission/nodes.ts";
import { handles, places, tickets, tokens } from "./admission/own.ts";
import { evictions } from "./admission/pods.ts";
import { removals } from "./admission/removals.ts";
import { bounds, imageChanges, pauses, restarts, resumes, undos } from "./admission/workloads.ts";
import { demandGivable, usualRoles } from "./elevation.ts";
import type { Json } from "./plan.ts";

const others: readonly Guard[] = [
  handles,
  tickets,
  tokens,
  places,
  restarts,
  undos,
  imageChanges,
  bounds,
  pauses,
  resumes,
  evictions,
  ...removals,
  ...suspensions,
  jobs,
  patches,
  labels,
  annotations,
  cordons,
  uncordons,
  drains,
];

/**
 * The second lock, for when the worker itself is captured: ValidatingAdmissionPolicies that hold its account and the
 * operations' accounts to less than RBAC can say (facts/kubernetes.md section 5). For Kubernetes 1.30 and later. `roles`
 * are the ClusterRoles that may be held for a while, as for `renderAccounts`.
 */
export function renderAdmission(options: { readonly roles?: readonly string[] } = {}): readonly Json[] {
  const elevations = elevationGuards(demandGivable(options.roles ?? usualRoles));
  return [...others, ...elevations].flatMap(policyAndBinding);
}
