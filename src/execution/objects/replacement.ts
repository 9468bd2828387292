import type { Workload } from "./workload.ts";

/** Pods that keep what they have when the template changes, until somebody deletes them or moves the partition. */
export function heldBack({ strategy, replicas }: Workload): number {
  return strategy.type === "OnDelete" ? replicas : strategy.heldBack;
}

/** What a changed template does to the pods, in one sentence. */
export function replacementInWords(workload: Workload): string {
  const { replicas } = workload;
  if (replicas === 0) return "It has no pods: nothing will be replaced.";
  const held = heldBack(workload);
  if (held === replicas) return `No pod is replaced: ${whyHeld(workload)}.`;
  const missing = missingAtOnce(workload);
  const atOnce = missing === 0 ? "none of them missing at any time" : `at most ${missing} missing at once`;
  return held === 0
    ? `All ${replicas} pods are replaced, ${atOnce}.`
    : `${replicas - held} of ${replicas} pods are replaced, ${atOnce}; ${whyHeld(workload)}.`;
}

/** Why pods are held back: a clause. */
export function whyHeld({ strategy }: Workload): string {
  return strategy.type === "OnDelete"
    ? "by its strategy OnDelete each keeps what it has until somebody deletes it"
    : `its partition holds back the first ${strategy.heldBack}`;
}

/** Pods that may be missing at once while the workload rolls, as its controller rounds percentages. */
function missingAtOnce({ kind, strategy, replicas }: Workload): number {
  if (strategy.type === "Recreate") return replicas;
  const { maxUnavailable } = strategy;
  if (typeof maxUnavailable === "number") return Math.min(maxUnavailable, replicas);
  const percent = Number.parseInt(maxUnavailable, 10);
  if (Number.isNaN(percent)) return replicas;
  const share = (replicas * percent) / 100;
  return Math.min(kind === "Deployment" ? Math.floor(share) : Math.ceil(share), replicas);
}
