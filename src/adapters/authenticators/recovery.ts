import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { RecoveryKeeper } from "../../ports/enrolment.ts";
import { type SealingKeys, unseal } from "./seal.ts";

/** RFC 4648 section 6. 256 is a multiple of its length, so that every letter is as likely as any other. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const letters = 16;
/** How many are given at once. */
const codes = 10;
const keyLength = 32;

/**
 * Recovery codes of 80 random bits, of which only an HMAC-SHA-256 is kept. Its key is derived from the credential's own
 * seed (RFC 5869), with subject and credential in it: it is sealed as the seed is, outlasts a change of the sealing key
 * as the seed does, and a row that was moved to another person fits no code.
 */
export function recoveryKeeper(keys: SealingKeys): RecoveryKeeper {
  return {
    make: () => Array.from({ length: codes }, makeOne),
    mac({ subject, credential, sealed }, code) {
      const seed = unseal(sealed, { purpose: "totp", subject, credential }, keys);
      const about = JSON.stringify(["countersign.recovery.v1", subject, credential]);
      const key = Buffer.from(hkdfSync("sha256", seed, "", about, keyLength));
      return createHmac("sha256", key).update(code).digest("base64url");
    },
  };
}

function makeOne(): string {
  return [...randomBytes(letters)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
