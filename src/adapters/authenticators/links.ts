import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import type { LinkKeeper } from "../../ports.ts";
import type { SealingKey } from "./seal.ts";

const secretLength = 32;

/** A key for one kind of link alone, derived from the sealing key (RFC 5869). */
export function keyFor({ kid, key }: SealingKey, kind: "enrolment" | "passkey" | "step-up"): KeyObject {
  const derived = hkdfSync("sha256", key, "", `countersign.${kind}.v1/${kid}`, secretLength);
  return createSecretKey(Buffer.from(derived));
}

/**
 * One-time links whose second half is an HMAC-SHA-256 over the first and the subject, under a key of their own: whoever
 * can write to Redis alone can issue none, and turn none into another's. `enrolment` binds an authenticator app, and
 * `passkey` registers one; neither does what the other does.
 */
export function enrolmentLinks(sealing: SealingKey, kind: "enrolment" | "passkey" = "enrolment"): LinkKeeper {
  const macKey = keyFor(sealing, kind);
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
