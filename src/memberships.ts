import { redisMemberships } from "./adapters/redis/memberships.ts";
import type { StateClient } from "./adapters/redis/redis.ts";
import { membershipWitness } from "./adapters/witness/membership.ts";
import type { MembershipPorts } from "./challenge/membership.ts";
import type { Provider } from "./policy/provider-document.ts";
import type { Scribe } from "./ports.ts";

/** What groups by the provider's word rest on, as both processes have it; undefined where the document says nothing of groups. */
export function membershipsOf(
  provider: Provider | undefined,
  { state, scribe, clock }: { readonly state: StateClient; readonly scribe: Scribe } & Pick<MembershipPorts, "clock">,
): MembershipPorts | undefined {
  if (!provider?.groups) return undefined;
  const { groups } = provider;
  return {
    store: redisMemberships(state, scribe),
    witness: membershipWitness({ ...provider, groups }),
    clock,
    freshMs: groups.freshMs,
  };
}
