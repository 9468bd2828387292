import type { Witness } from "../../ports.ts";

/** Where neither an identity provider nor a passkey is known: no evidence can be checked, so none counts. */
export const noWitness: Witness = {
  whyNot: async ({ authenticator }) => `nothing here can check what ${authenticator} brought`,
};
