import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { LinkKeeper } from "../../ports.ts";
import type { SealingKey, SealingKeys } from "./seal.ts";

const secretLength = 32;

/**
 * One-time links whose second half is an HMAC-SHA-256 over the first and the subject, under a key of their own derived
 * from the sealing key (RFC 5869): whoever can write to Redis alone can issue none, and turn none into another's. Those
 * made before a key was retired hold as long as it is kept.
 */
export function enrolmentLinks(keys: SealingKeys): LinkKeeper {
  const macs = keys.map(macWith);
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

function macWith({ kid, key }: SealingKey): Mac {
  const derived = hkdfSync("sha256", key, "", `countersign.enrolment.v1/${kid}`, secretLength);
  const macKey = createSecretKey(Buffer.from(derived));
  return (secret, subject) =>
    createHmac("sha256", macKey)
      .update(JSON.stringify([secret, subject]))
      .digest();
}

function same(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
