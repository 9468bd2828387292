import type { Provider } from "./provider-document.ts";
import { presets } from "./provider-presets.ts";

/** Why a token does not say that its subject authenticated in a context that counts, in a clause; undefined when it does. */
export function whyContextFails(
  { preset, acr: accepted }: Pick<Provider, "preset" | "acr">,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  const { context } = presets[preset];
  const said = [claims[context]].flat().filter((one) => typeof one === "string");
  if (said.some((one) => accepted.includes(one))) return undefined;
  return `the ID token's ${context} is ${said.join(" and ") || "missing"}, and it takes ${accepted.join(" or ")}`;
}
