import { verifyRegistrationResponse } from "@simplewebauthn/server";
import type { RegistrationReader } from "../../ports/enrolment.ts";

/** EdDSA, ES256 and RS256, as COSE numbers them (RFC 9053, RFC 8812): the same as the page asks for. */
const algorithms = [-8, -7, -257];

/**
 * Reads a registration as Web Authentication Level 3 section 7.1 says, on our page's origin, with user verification. No
 * attestation is asked for: who made the authenticator proves nothing of who holds it.
 */
export function registrationReader(origin: string): RegistrationReader {
  return {
    async read(given, challenge) {
      try {
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          response: JSON.parse(given) as Parameters<typeof verifyRegistrationResponse>[0]["response"],
          expectedChallenge: challenge,
          expectedOrigin: origin,
          expectedRPID: new URL(origin).hostname,
          requireUserVerification: true,
          supportedAlgorithmIDs: algorithms,
        });
        if (!verified) return { faulty: "its attestation does not hold" };
        const { id, publicKey } = registrationInfo.credential;
        return { id, key: Buffer.from(publicKey).toString("base64url") };
      } catch (fault) {
        return { faulty: fault instanceof Error ? fault.message : "it is malformed" };
      }
    },
  };
}
