import { type Duo, startDuo } from "./duo/duo.ts";
import { phoneAcr } from "./idp/contexts.ts";
import { type Idp, startIdp } from "./idp/idp.ts";
import { type Okta, startOkta } from "./okta/okta.ts";

/**
 * Who pushes go out through: an identity provider with CIBA, which says who is in which groups or not, with Duo beside it
 * or not; or Okta in its place.
 */
export type ProviderKind = "ciba" | "groups" | "duo" | "okta";

/** It runs on loopback, with a phone for each of the people. */
export interface LabProvider {
  readonly idp?: Idp;
  readonly duo?: Duo;
  readonly okta?: Okta;
  /** The provider's document, as both processes read it. */
  readonly document: string;
  /** What web alone is given. */
  readonly secrets: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `back`: the page of ours that it leads browsers back to. */
export async function startProvider(kind: ProviderKind, people: readonly string[], back: string): Promise<LabProvider> {
  if (kind === "okta") {
    const okta = await startOkta({ people });
    const document = `preset: okta\nissuer: ${okta.issuer}\nclientId: ${okta.clientId}\nokta: {}\n`;
    const secrets = { COUNTERSIGN_IDP_CLIENT_SECRET: okta.clientSecret };
    return { okta, document, secrets, close: () => okta.close() };
  }
  const idp = await startIdp({ subjects: people, redirectUris: [back] });
  const document = `preset: generic\nissuer: ${idp.issuer}\nclientId: ${idp.clientId}\nacr: ["${phoneAcr}"]\nlogin: {}\n`;
  const secrets = { COUNTERSIGN_IDP_CLIENT_SECRET: idp.clientSecret };
  if (kind === "ciba" || kind === "groups") {
    const groups = kind === "groups" ? "groups: { claim: groups }\n" : "";
    return { idp, document: `${document}${groups}`, secrets, close: () => idp.close() };
  }
  const duo = await startDuo({ people });
  return {
    ...{ idp, duo },
    document: `${document}duo: { host: "${duo.host}", integrationKey: ${duo.integrationKey} }\n`,
    secrets: { ...secrets, COUNTERSIGN_DUO_SECRET: duo.secret },
    close: async () => void (await Promise.all([idp.close(), duo.close()])),
  };
}
