import { type Refusal, refuse } from "../operation/refusal.ts";
import type { PresentedToken } from "../ports/token.ts";

/** How far the provider's clock may be behind Redis's, in ms; its `auth_time` is cut to whole seconds besides. */
const clockSkew = 6_000;

/** The no to a login from before it was asked for: of a provider that does not ask anew although it was asked to. */
export function refuseStaleLogin(
  { authenticatedAt }: Pick<PresentedToken, "authenticatedAt">,
  begunAt: number,
): Refusal | undefined {
  if (authenticatedAt !== undefined && authenticatedAt >= begunAt - clockSkew) return undefined;
  return refuse(
    "evidence",
    "The provider goes by a login from before you began here, and did not ask you again.",
    "Log out there and begin again.",
  );
}
