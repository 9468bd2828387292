import { ClientError, ResponseBodyError } from "openid-client";
import type { Polled } from "../../ports/push.ts";
import type { PresentedToken } from "../../ports/token.ts";

/** What we judge ourselves of a token whose signature, `iss`, `aud` and `exp` hold. */
export function presented(token: string, claims: Readonly<Record<string, unknown>>): PresentedToken {
  const { sub, acr, amr, auth_time: authTime } = claims;
  return {
    token,
    subject: String(sub),
    ...(typeof acr === "string" ? { acr } : {}),
    ...(Array.isArray(amr) ? { amr: amr.filter((method) => typeof method === "string") } : {}),
    ...(typeof authTime === "number" ? { authenticatedAt: authTime * 1000 } : {}),
  };
}

/**
 * Only what the provider itself says ends a push. A token that was taken and does not hold is gone for good, so it ends
 * it too; what was lost on the way stays pending until the push is over.
 */
export function whyNoAnswer(fault: unknown): Polled {
  if (fault instanceof ResponseBodyError)
    switch (fault.error) {
      case "authorization_pending":
        return { answer: "pending" };
      case "slow_down":
        return { answer: "slower" };
      case "access_denied":
        return { answer: "declined" };
      default:
        return { answer: fault.status >= 500 || fault.status === 429 ? "slower" : "expired" };
    }
  return { answer: fault instanceof ClientError && isJudgement(fault.code) ? "expired" : "pending" };
}

/** The library says so when it read an answer and did not take it. */
function isJudgement(code: string | undefined): boolean {
  return code !== undefined && /^OAUTH_(INVALID_RESPONSE|JWT_|JSON_|KEY_SELECTION|UNSUPPORTED)/.test(code);
}
