import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import type { Proof } from "../../challenge/challenge.ts";
import { type Assertion, type Binding, challengeOf } from "../../challenge/evidence.ts";
import { stepUpMs } from "../../challenge/step-up.ts";
import type { Passkey } from "../../policy/passkey.ts";
import type { Directory } from "../../ports.ts";
import type { Check } from "./witness.ts";

/** The page that passkeys sign for, and who may have signed. */
export interface PasskeyPage {
  /** Scheme, host and port, as a browser writes an origin. */
  readonly origin: string;
  readonly directory: Pick<Directory, "subject">;
}

/**
 * Checks an assertion as Web Authentication Level 3 section 7.2 says, with user verification: signed for this person,
 * this digest and this salt, on our page, by a passkey that the directory lists for them. Counters are not asked to
 * rise, for a passkey that is synced keeps 0; that an assertion counts once is the claim of its salt.
 */
export function assertionCheck({ origin, directory }: PasskeyPage): Check<Assertion> {
  return async (proof, evidence) => {
    if (proof.authenticator !== "passkey") return "an assertion is brought by a passkey alone";
    const late = whyOutOfTime(proof, evidence.binding);
    if (late) return late;
    const passkeys = (await directory.subject(proof.subject))?.passkeys ?? [];
    const passkey = passkeys.find(({ id }) => id === evidence.credential);
    if (!passkey) return `the directory does not list this passkey for ${proof.subject}`;
    return whyOtherwise(proof, evidence, origin) ?? (await whyUnsigned(proof, evidence, { origin, passkey }));
  };
}

function whyOutOfTime({ at }: Proof, { expiresAt }: Binding): string | undefined {
  return expiresAt >= at && expiresAt - at <= stepUpMs ? undefined : "it was not given in time";
}

/** What the browser says it signed for, before the signature over it is checked. */
function whyOtherwise(proof: Proof, { binding, clientDataJSON }: Assertion, origin: string): string | undefined {
  const client = clientDataOf(clientDataJSON);
  if (client?.["type"] !== "webauthn.get") return "this is no assertion";
  if (client["challenge"] !== challengeOf(proof, binding)) return "it was signed for something else";
  if (client["origin"] !== origin) return "it was signed on another page";
  // Inside a frame of somebody else's the page can be covered.
  return client["crossOrigin"] === true ? "it was signed within another page" : undefined;
}

function clientDataOf(base64url: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function whyUnsigned(
  proof: Proof,
  { binding, credential, clientDataJSON, authenticatorData, signature }: Assertion,
  { origin, passkey }: { readonly origin: string; readonly passkey: Passkey },
): Promise<string | undefined> {
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: credential,
        rawId: credential,
        type: "public-key",
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challengeOf(proof, binding),
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
      credential: { id: passkey.id, publicKey: new Uint8Array(Buffer.from(passkey.key, "base64url")), counter: 0 },
    });
    return verified ? undefined : "its signature does not hold";
  } catch (fault) {
    // Nothing is asked of anybody else here, so a fault is the assertion's or the listed key's: fail closed, and say so.
    return `it does not stand: ${fault instanceof Error ? fault.message : "it is malformed"}`;
  }
}
