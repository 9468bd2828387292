/** How the text of a push must be: at most so many characters; `words` = printable ASCII without blanks. */
export interface TextShape {
  readonly limit: number;
  readonly charset: "text" | "words";
}

/** How a provider takes a push (OpenID CIBA Core 1.0 section 7.1). */
export interface PushWays {
  /** `sub`: the subject itself as `login_hint`; `iss_sub`: JSON that names issuer and subject, as Auth0 reads it. */
  readonly hint: "sub" | "iss_sub";
  /** The parameter that asks for a shorter life. Okta has a name of its own. */
  readonly expiry: "requested_expiry" | "request_expiry";
  /** How long a push may be answered, in seconds. NIST SP 800-63B-4 section 3.1.3.1 allows at most 600. */
  readonly seconds: number;
  readonly text: TextShape;
}

/** What is known of a kind of provider before anybody sets one up. Read in their documentation; no tenant was tried. */
export interface Preset {
  readonly clientAuth: "basic" | "post";
  /** Absent: it has no CIBA. */
  readonly push?: PushWays;
  /** The claim that says in which context somebody authenticated; Entra ID has its own. */
  readonly context: "acr" | "acrs";
  /** Authentication contexts that count unless the document names others; none = the document must. */
  readonly acr: readonly string[];
  /** What to set up on their side, and what it cannot do, in sentences. */
  readonly notes: readonly string[];
}

export const presetNames = ["okta", "entra", "auth0", "keycloak", "generic"] as const;
export type PresetName = (typeof presetNames)[number];

const usual: PushWays = {
  hint: "sub",
  expiry: "requested_expiry",
  seconds: 120,
  text: { limit: 120, charset: "text" },
};

export const presets: Readonly<Record<PresetName, Preset>> = {
  okta: {
    clientAuth: "basic",
    context: "acr",
    push: { ...usual, expiry: "request_expiry" },
    acr: ["phr", "phrh", "urn:okta:loa:2fa:any"],
    notes: [
      "Needs Okta Identity Engine, and an app with the CIBA grant whose client authenticates.",
      "A push reaches a Custom Authenticator built on the Devices SDK: stock Okta Verify does not answer CIBA.",
      "Subjects in the directory are Okta's `sub`, its user ids.",
      "With `login: {}` people can log in anew for one plan: the app needs the authorization code grant.",
      "With `okta: {}` pushes go to stock Okta Verify by direct authentication: turn its OOB grant and the number challenge on.",
      "Okta's number has two digits and is picked out of three, so a push there is weaker than a code: NIST SP 800-63B-4 section 3.1.3.1 asks for six digits.",
      "The Factors API is not used: it would take okta.users.manage, and whoever has that secret can enrol and reset everybody's factors.",
    ],
  },
  entra: {
    clientAuth: "post",
    context: "acrs",
    acr: [],
    notes: [
      "Entra ID has no CIBA, so no push goes through it: use `login: {}`, passkeys or TOTP.",
      "Name authentication contexts (c1 to c99) in acr. They take Conditional Access, whose sign-in frequency must be every time: else an earlier sign-in satisfies it.",
      "Turn the optional claims acrs and auth_time on for the ID token of this app.",
      "Subjects in the directory are Entra's `sub`, which is another one for each app.",
    ],
  },
  auth0: {
    clientAuth: "post",
    context: "acr",
    push: { ...usual, hint: "iss_sub", seconds: 300, text: { limit: 64, charset: "text" } },
    acr: [],
    notes: [
      "Needs an Enterprise plan with CIBA, and Guardian push for the people who step up.",
      "Takes 5 requests a minute and person.",
      "Turn the e-mail channel of CIBA off: NIST SP 800-63B-4 section 3.1.3.1 does not let e-mail count, and we cannot see which was used.",
    ],
  },
  keycloak: {
    clientAuth: "basic",
    context: "acr",
    push: { ...usual, text: { limit: 50, charset: "words" } },
    acr: [],
    notes: [
      "Keycloak hands the push to an HTTP authentication channel service of yours: it has no push app of its own.",
      "Turn on OIDC CIBA for the client, in poll mode, and map acr to a level of authentication.",
      "A text has at most 50 characters without blanks: long commands are cut, and show it.",
    ],
  },
  generic: {
    clientAuth: "basic",
    context: "acr",
    push: usual,
    acr: [],
    notes: ["Any provider with OpenID CIBA in poll mode whose ID tokens carry sub, acr and auth_time."],
  },
};
