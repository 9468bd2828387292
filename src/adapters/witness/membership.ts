import type { GroupClaim, Provider } from "../../policy/provider-document.ts";
import type { MembershipWitness } from "../../ports/membership.ts";
import { skewMs, tokenReader } from "./provider-token.ts";

/** Groups by the claim that the document names, of tokens that the provider signed for us; those it names alone, where it names any. */
export function membershipWitness(
  provider: Pick<Provider, "issuer" | "clientId"> & { readonly groups: GroupClaim },
): MembershipWitness {
  const { claim, named, freshMs } = provider.groups;
  const read = tokenReader(provider);
  return {
    async read(token, subject, now) {
      const claims = await read(token, now);
      if (typeof claims === "string" || claims.sub !== subject) return undefined;
      const madeAt = (claims.iat ?? 0) * 1000;
      if (madeAt > now + skewMs || now - madeAt > freshMs) return undefined;
      const said = [claims[claim]].flat().filter((one) => typeof one === "string");
      return { groups: named ? said.flatMap((one) => named.get(one) ?? []) : said, madeAt };
    },
  };
}
