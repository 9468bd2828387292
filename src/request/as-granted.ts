import { digestOf } from "../operation/digest.ts";
import type { Attestor } from "../ports.ts";
import { askedStatement, askerOf } from "./asked.ts";
import type { Finished, Settled, Unknown } from "./request.ts";

/**
 * Whether the record of what has run is what we were asked for and granted: its asker, operation and plan, and the tier
 * it was granted in. Whoever writes to Redis can write any of them; only what we signed is believed.
 */
export function isAsGranted(
  { attestor }: { readonly attestor: Attestor },
  request: Finished | Unknown | Settled,
): boolean {
  const { id, plan, digest } = request;
  const { grant, signature } = request.grant;
  return (
    attestor.holds(askedStatement(request), request.signature) &&
    attestor.holds({ ...grant }, signature) &&
    grant.request === id &&
    grant.digest === digest &&
    digestOf(askerOf(request), plan) === digest
  );
}
