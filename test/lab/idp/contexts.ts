/** The context of a yes on the phone here, and of a login. */
export const phoneAcr = "urn:lab:acr:phone";
export const weakerAcr = "urn:lab:acr:password";
