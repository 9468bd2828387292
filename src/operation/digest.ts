import { canonical, sha256 } from "../audit/canonical.ts";
import type { Plan } from "./plan.ts";

/** Who asked for the plan, under which request and for what reason. */
export interface Asker {
  readonly request: string;
  readonly requester: string;
  readonly reason: string;
  /** They break the glass: what is proved for this plan is proved for nothing that others would have to approve. */
  readonly breakGlass?: true;
}

/**
 * SHA-256 (hex) over the canonical JSON of who asked for what, the object's uid, and the fields the operation touches
 * or relies on. What churns around the object (readiness, resourceVersion, warnings) is left out on purpose, else
 * status updates would void every approval.
 */
export function digestOf(asker: Asker, plan: Plan): string {
  return sha256(
    canonical({
      v: "countersign.plan.v1",
      request: asker.request,
      requester: asker.requester,
      reason: asker.reason,
      ...(asker.breakGlass ? { breakGlass: true } : {}),
      ...boundOf(plan),
    }),
  );
}

function boundOf({ operation, object, also, steps, changes, binding }: Plan): object {
  return {
    operation,
    object: object ?? null,
    ...(also ? { also } : {}),
    ...(steps ? { steps: steps.map(boundOf) } : {}),
    changes,
    binding,
  };
}
