import { readFileSync } from "node:fs";
import { z } from "zod";
import { codeOf } from "../environment.ts";
import { type Provider, readProvider } from "../policy/provider-document.ts";

/** Both processes read the same document; only web has the client's secret. */
export const providerSchema = {
  COUNTERSIGN_IDP: z.string().optional(),
  /** `demo`: the provider may be plain http on loopback. Never outside the lab. */
  COUNTERSIGN_PLAIN_IDP: z.enum(["demo"], 'may only be "demo", and only in one').optional(),
};
export const providerSecretSchema = {
  COUNTERSIGN_IDP_CLIENT_SECRET: z.string().min(16, "is too short for a client's secret").optional(),
  COUNTERSIGN_DUO_SECRET: z.string().min(40, "is too short for Duo's secret key, which has 40 characters").optional(),
};

export interface OfProvider {
  /** Absent: none is set up. */
  readonly provider?: Provider;
}

/** The provider whose document is named, if one is; what is wrong with it goes to `faults`. */
export function providerOf(faults: string[], values: Readonly<Record<string, string>>): Provider | undefined {
  const file = values["COUNTERSIGN_IDP"];
  if (file === undefined) return undefined;
  try {
    const read = readProvider(readFileSync(file, "utf8"), { plain: values["COUNTERSIGN_PLAIN_IDP"] === "demo" });
    if (!("faults" in read)) return read;
    faults.push(...read.faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`));
  } catch (fault) {
    faults.push(`COUNTERSIGN_IDP: ${file} cannot be read (${codeOf(fault)})`);
  }
  return undefined;
}

/** The same for web, which needs the client's secret for pushes and logins. */
export function providerWithSecret(faults: string[], values: Readonly<Record<string, string>>): Provider | undefined {
  const provider = providerOf(faults, values);
  const secret = values["COUNTERSIGN_IDP_CLIENT_SECRET"];
  if (secret !== undefined && values["COUNTERSIGN_IDP"] === undefined)
    faults.push("COUNTERSIGN_IDP: is needed where there is a COUNTERSIGN_IDP_CLIENT_SECRET");
  if ((provider?.push || provider?.okta || provider?.login) && secret === undefined)
    faults.push("COUNTERSIGN_IDP_CLIENT_SECRET: is needed where the provider sends pushes or people log in there");
  if (provider?.login && values["COUNTERSIGN_PAGES_URL"] === undefined)
    faults.push("COUNTERSIGN_PAGES_URL: is needed where people log in at the provider, which leads them back to it");
  const duoSecret = values["COUNTERSIGN_DUO_SECRET"];
  if (provider?.duo && duoSecret === undefined) faults.push("COUNTERSIGN_DUO_SECRET: is needed where Duo sends pushes");
  if (duoSecret !== undefined && (provider ? !provider.duo : values["COUNTERSIGN_IDP"] === undefined))
    faults.push("COUNTERSIGN_DUO_SECRET: is there, and no document of COUNTERSIGN_IDP says anything of Duo");
  return provider;
}
