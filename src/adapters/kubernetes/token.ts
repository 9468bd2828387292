import { ClusterFault } from "../../ports/cluster.ts";
import type { Token } from "./session.ts";

/** A token and when it ends, in ms of this process's own monotonic clock. */
export interface Minted extends Token {
  readonly until: number;
}

/**
 * Reads a service account token's claims (facts/kubernetes.md section 3). Its lifetime is counted from when it was asked
 * for, so that the two clocks need not agree. Throws without a word of the token.
 */
export function readToken(token: string, askedAt: number): Minted {
  const { jti, iat, exp } = claimsOf(token);
  if (typeof jti !== "string" || typeof iat !== "number" || typeof exp !== "number")
    throw new ClusterFault("server-error", "the API server's tokens have no jti: Kubernetes 1.30 or later is needed");
  return { token, credential: jti, until: askedAt + (exp - iat) * 1_000 };
}

function claimsOf(token: string): { readonly jti?: unknown; readonly iat?: unknown; readonly exp?: unknown } {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as object;
  } catch {
    return {};
  }
}
