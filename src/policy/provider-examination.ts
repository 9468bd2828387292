import type { Provider } from "./provider-document.ts";

/** What was found about a provider, in sentences, and what can go through it: pushes, and logins. */
export interface Examination {
  readonly findings: readonly { readonly is: "well" | "ill" | "unsure"; readonly says: string }[];
  readonly push: boolean;
  readonly login: boolean;
  /** Another way is set up, of which nothing is published. */
  readonly others: boolean;
}

/** What it publishes, its keys, and how far its clock is ahead in ms. */
interface Found {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly keys: readonly string[];
  readonly clockMs?: number;
}

const ciba = "urn:openid:params:grant-type:ciba";
const asymmetric = /^(RS|PS|ES)(256|384|512)$|^EdDSA$/;
/** A provider's clock further behind than this dates its logins before our pushes, in ms. */
const mostBehind = 5_000;
/** Further ahead, its logins lie after our proofs. */
const mostAhead = 60_000;

/** Says what the provider can do for us and what it cannot, by what it publishes of itself. */
export function examine(provider: Provider, { metadata, keys, clockMs }: Found): Examination {
  const findings: Examination["findings"][number][] = [];
  const say: Say = (is, says) => void findings.push({ is, says });
  const listed = (name: string) =>
    Array.isArray(metadata[name]) ? (metadata[name] as unknown[]).map(String) : undefined;
  /** Whether a list holds one of these; what is not published cannot be told. */
  const holds = (name: string, ...any: readonly string[]) => listed(name)?.some((one) => any.includes(one));

  if (metadata["issuer"] !== provider.issuer)
    say("ill", `It calls itself ${String(metadata["issuer"])}, and the document says ${provider.issuer}.`);
  else say("well", "It is the issuer that the document names.");

  const signing = listed("id_token_signing_alg_values_supported") ?? keys;
  if (keys.length === 0) say("ill", "It publishes no keys, so nobody could check what it signs.");
  else if (!signing.some((alg) => asymmetric.test(alg)) && !keys.some((alg) => asymmetric.test(alg)))
    say("ill", `It signs by ${signing.join(", ")}, and only signatures with a public key count.`);
  else say("well", `It publishes ${keys.length} ${keys.length === 1 ? "key" : "keys"} to check its ID tokens by.`);

  if (clockMs === undefined) say("unsure", "It does not say what time it is.");
  else if (clockMs < -mostBehind || clockMs > mostAhead)
    say(
      "ill",
      `Its clock is ${Math.abs(clockMs) / 1000} s ${clockMs < 0 ? "behind" : "ahead of"} ours: logins would be refused.`,
    );
  else say("well", "Its clock agrees with ours.");

  for (const acr of provider.acr) {
    const known = holds("acr_values_supported", acr);
    if (known === undefined) say("unsure", `Whether it knows the acr ${acr} is not published.`);
    else if (known) say("well", `It knows the acr ${acr}.`);
    else say("ill", `It does not list the acr ${acr} among ${listed("acr_values_supported")?.join(", ")}.`);
  }
  for (const claim of ["acr", "auth_time"])
    if (holds("claims_supported", claim) === false)
      say("unsure", `It does not list the claim ${claim}; a token without it proves nothing.`);

  const push = sayPush(provider, say, { metadata, holds });
  const login = sayLogin(provider, say, { metadata, holds });
  const others = sayOthers(provider, say);
  const sound = !findings.some(({ is, says }) => is === "ill" && !says.startsWith("It does not list the acr"));
  const asked = provider.acr.some((acr) => holds("acr_values_supported", acr) !== false);
  const usable = sound && asked;
  return { findings, push: push && usable, login: login && usable, others };
}

type Holds = (name: string, ...any: readonly string[]) => boolean | undefined;
type Say = (is: "well" | "ill" | "unsure", says: string) => void;

/** The ways that are set up besides; whether they are open to us shows only when one is tried. */
function sayOthers({ okta, duo }: Provider, say: Say): boolean {
  if (okta) say("unsure", "Okta's direct authentication is set up; whether this client may use it is not published.");
  if (duo) say("unsure", `Duo at ${duo.host} is set up; what its policy allows is not published.`);
  return okta !== undefined || duo !== undefined;
}

/** Whether people can log in there for one plan, where the document says that it counts. */
function sayLogin(
  { login }: Provider,
  say: Say,
  { metadata, holds }: { readonly metadata: Found["metadata"]; readonly holds: Holds },
): boolean {
  if (!login) return false;
  // What is not published is the usual: OpenID Connect Discovery 1.0 section 3.
  if (
    typeof metadata["authorization_endpoint"] !== "string" ||
    holds("response_types_supported", "code") === false ||
    holds("grant_types_supported", "authorization_code") === false
  ) {
    say("ill", "It offers no login by authorization code, which the document counts on.");
    return false;
  }
  if (holds("response_modes_supported", "fragment") === false) {
    say("ill", "It does not bring its answer back in the fragment, which keeps its code out of every server's log.");
    return false;
  }
  say("well", "People can log in there anew for one plan.");
  if (holds("code_challenge_methods_supported", "S256") !== true)
    say("unsure", "It does not publish that it takes PKCE with S256.");
  if (metadata["authorization_response_iss_parameter_supported"] !== true)
    say("unsure", "It does not name itself in its answer (RFC 9207): register no other provider with our page.");
  return true;
}

/** Whether a push can be sent. */
function sayPush(
  { push, preset, clientAuth }: Provider,
  say: Say,
  { metadata, holds }: { readonly metadata: Found["metadata"]; readonly holds: Holds },
): boolean {
  if (!push) {
    say("unsure", `No push goes through ${preset}: it has no CIBA.`);
    return false;
  }
  if (
    typeof metadata["backchannel_authentication_endpoint"] !== "string" ||
    holds("grant_types_supported", ciba) === false
  ) {
    say("unsure", "It offers no CIBA, so no push can be sent: turn it on for this client, or use another way.");
    return false;
  }
  if (holds("backchannel_token_delivery_modes_supported", "poll") === false) {
    say("unsure", "It does not let us poll for answers, so no push can be sent.");
    return false;
  }
  const auth = `client_secret_${clientAuth}`;
  if (holds("token_endpoint_auth_methods_supported", auth) === false) {
    say("unsure", `It takes no ${auth}: name the other in clientAuth, or no push can be sent.`);
    return false;
  }
  say("well", "It sends pushes by CIBA and lets us poll for the answer.");
  if (metadata["backchannel_user_code_parameter_supported"] === true)
    say("unsure", "It may ask for a user code, which we do not send: turn that off for this client.");
  return true;
}
