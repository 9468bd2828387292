import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import type { LinkKeeper } from "../../ports/enrolment.ts";
import type { SealingKey, SealingKeys } from "./seal.ts";

const secretLength = 32;

/** A key for one kind of link alone, derived from the sealing key (RFC 5869). */
export function keyFor({ kid, key }: SealingKey, kind: "enrolment" | "passkey" | "step-up" | "slack-link"): KeyObject {
  const derived = hkdfSync("sha256", key, "", `countersign.${kind}.v1/${kid}`, secretLength);
  return createSecretKey(Buffer.from(derived));
}

/**
 * One-time links whose second half is an HMAC-SHA-256 over the first and the subject, under a key of their own: whoever
 * can write to Redis alone can issue none, and turn none into another's. `enrolment` binds an authenticator app, and
 * `passkey` registers one; neither does what the other does. Those made before a key was retired hold while it is kept.
 */
export function enrolmentLinks(keys: SealingKeys, kind: "enrolment" | "passkey" = "enrolment"): LinkKeeper {
  const macs = keys.map((key) => macWith(key, kind));
  const [current] = macs as [Mac, ...Mac[]];
  return {
    make(subject) {
      const secret = randomBytes(secretLength).toString("base64url");
      return `${secret}.${current(secret, subject).toString("base64url")}`;
    },
    holds(link, subject) {
      const [secret = "", mac = "", ...more] = link.split(".");
      const given = Buffer.from(mac, "base64url");
      return more.length === 0 && macs.some((macOf) => same(given, macOf(secret, subject)));
    },
  };
}

type Mac = (secret: string, subject: string) => Buffer;

function macWith(key: SealingKey, kind: "enrolment" | "passkey"): Mac {
  const macKey = keyFor(key, kind);
  return (secret, subject) =>
    createHmac("sha256", macKey)
      .update(JSON.stringify([secret, subject]))
      .digest();
}

/** Whether two codes are the same, in a time that says nothing of them. */
export function same(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
