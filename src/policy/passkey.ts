import { z } from "zod";

/** A passkey of a person, by its public part alone. */
export interface Passkey {
  /** The WebAuthn credential id, base64url; at most 1,023 bytes (Web Authentication Level 3, section 4). */
  readonly id: string;
  /** The public key as COSE (RFC 9052) encodes it, base64url. */
  readonly key: string;
  /** What its owner calls it. */
  readonly name?: string;
}

const base64url = /^[A-Za-z0-9_-]+$/;
// A COSE key is a map, whose first byte in CBOR (RFC 8949 section 3.1) is 0xa0 to 0xbf.
const map = /^[o-v]/;

/** A passkey as a directory document lists it. */
export const writtenPasskey = z.strictObject({
  id: z.string().regex(base64url, "a credential id is base64url").max(1_364),
  key: z
    .string()
    .regex(base64url, "a public key is base64url")
    .regex(map, "a public key is a COSE key, as `countersign enrol passkeys` prints it")
    .min(40)
    .max(4_000),
  name: z.string().min(1).max(100).optional(),
});
