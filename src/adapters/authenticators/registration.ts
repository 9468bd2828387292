import { verifyRegistrationResponse } from "@simplewebauthn/server";
import type { RegistrationReader } from "../../enrolment-port.ts";

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
