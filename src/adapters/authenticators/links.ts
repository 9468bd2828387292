import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { LinkKeeper } from "../../ports.ts";
import type { SealingKey } from "./seal.ts";

const secretLength = 32;

/**
 * One-time links whose second half is an HMAC-SHA-256 over the first and the subject, under a key of their own derived
 * from the sealing key (RFC 5869): whoever can write to Redis alone can issue none, and turn none into another's.
 */
export function enrolmentLinks({ kid, key }: SealingKey): LinkKeeper {
  const derived = hkdfSync("sha256", key, "", `countersign.enrolment.v1/${kid}`, secretLength);
  const macKey = createSecretKey(Buffer.from(derived));
  const macOf = (secret: string, subject: string) =>
    createHmac("sha256", macKey)
      .update(JSON.stringify([secret, subject]))
      .digest();
  return {
    make(subject) {
      const secret = randomBytes(secretLength).toString("base64url");
      return `${secret}.${macOf(secret, subject).toString("base64url")}`;
    },
    holds(link, subject) {
      const [secret = "", mac = "", ...more] = link.split(".");
      const [given, wanted] = [Buffer.from(mac, "base64url"), macOf(secret, subject)];
      return more.length === 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}
