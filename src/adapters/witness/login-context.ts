import { decodeJwt } from "jose";
import { whyContextFails } from "../../policy/provider-context.ts";
import type { Provider } from "../../policy/provider-document.ts";

/** Why an ID token, whose signature was checked, is of no context that counts; undefined when it is. */
export function contextCheck(provider: Pick<Provider, "preset" | "acr">): (token: string) => string | undefined {
  return (token) => whyContextFails(provider, decodeJwt(token));
}
