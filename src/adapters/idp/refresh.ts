import { ClientSecretBasic, ClientSecretPost, ResponseBodyError, refreshTokenGrant } from "openid-client";
import type { Provider } from "../../policy/provider-document.ts";
import type { MembershipRefresh } from "../../ports/membership.ts";
import { providerClient } from "./provider-client.ts";

/** Refresh tokens at the provider's token endpoint (RFC 6749 section 6, OpenID Connect Core 1.0 section 12). */
export function providerRefresh(
  { issuer, clientId, clientAuth }: Provider,
  { secret, plain }: { readonly secret: string; readonly plain: boolean },
): MembershipRefresh {
  const auth = clientAuth === "basic" ? ClientSecretBasic(secret) : ClientSecretPost(secret);
  const client = providerClient({ issuer, clientId, auth, plain });
  return {
    async refresh(refresh) {
      try {
        const answer = await refreshTokenGrant(await client.configuration(), refresh);
        if (answer.id_token === undefined) return "away";
        return { token: answer.id_token, refresh: answer.refresh_token ?? refresh };
      } catch (fault) {
        // RFC 6749 section 5.2: of all that can go wrong this alone is about the person.
        return fault instanceof ResponseBodyError && fault.error === "invalid_grant" ? "refused" : "away";
      }
    },
  };
}
