import { canonical, sha256 } from "../audit/canonical.ts";
import type { ProofScope } from "../challenge/challenge.ts";
import type { Plan } from "../operation/plan.ts";

/** Where a proof for this plan counts, and where it may count again: the tier, and the very objects, by their uids. */
export function scopeOf(tier: string, { operation, object, also = [] }: Plan): ProofScope {
  const uids = [...(object ? [object.uid] : []), ...also.map(({ uid }) => uid)].sort();
  const acts = uids.length > 0 ? { uids } : { operation };
  return { tier, target: sha256(canonical({ v: "countersign.target.v1", cluster: operation.cluster, ...acts })) };
}
