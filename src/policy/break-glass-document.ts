import { z } from "zod";
import { duration, groupsFor } from "./shapes.ts";

/** The review that a tier takes afterwards, instead of approvals. */
export const breakGlass = z.strictObject({ review: duration, from: groupsFor("reviewers are") });

/** What a tier of break-glass must say beside it, for nobody else is asked before. */
interface Beside {
  readonly stepUp?: { readonly bound?: true | undefined } | undefined;
  readonly approvals?: unknown;
  readonly stages?: unknown;
  readonly reason?: { readonly minLength?: number | undefined } | undefined;
  readonly notify?: readonly string[] | undefined;
}

/** What is wrong with a tier that is one of break-glass, and where in it. */
export function faultsOfBreakGlass({
  stepUp,
  approvals,
  stages,
  reason,
  notify,
}: Beside): readonly { readonly path: readonly PropertyKey[]; readonly says: string }[] {
  const path = ["breakGlass"];
  return [
    ...(approvals || stages ? [{ path, says: "it is reviewed afterwards, so nobody approves it before" }] : []),
    ...(stepUp?.bound ? [] : [{ path, says: "it takes the strongest proof there is: `stepUp: { bound: true }`" }]),
    ...(reason?.minLength === undefined ? [{ path, says: "it takes a reason: `reason: { minLength: 20 }`" }] : []),
    ...(notify ? [] : [{ path, says: "it is never quiet: `notify` names the channels that are told" }]),
  ];
}
