import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

/** A sealing key with its id; the id stands in every sealed text, so that keys can be rotated. */
export interface SealingKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** 32 bytes of base64 -> a key for {@link seal}. Throws when it is not 32 bytes. */
export function sealingKey(kid: string, base64: string): SealingKey {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length !== 32) throw new TypeError(`a sealing key has 32 bytes; this one has ${bytes.length}`);
  if (!/^[a-z0-9-]{1,32}$/.test(kid)) throw new TypeError("a key id has 1 to 32 characters of a-z, 0-9 and -");
  return { kid, key: createSecretKey(bytes) };
}

/** The first one seals; the retired ones behind it still open what they sealed. */
export type SealingKeys = readonly [current: SealingKey, ...retired: SealingKey[]];

/** Keys as `KEY-ID:BASE64`, as settings have them. Throws as {@link sealingKey} does, and where two have one id. */
export function readSealingKeys(current: string, retired: readonly string[]): SealingKeys {
  const read = (text: string) => {
    const [kid = "", key = ""] = text.split(":");
    return sealingKey(kid, key);
  };
  const keys: SealingKeys = [read(current), ...retired.map(read)];
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw new TypeError("two sealing keys have one id");
  return keys;
}

/** What the sealed text is bound to: moved to another row, it does not open. */
export interface SealedFor {
  readonly purpose: "totp" | "push" | "login" | "link" | "membership";
  readonly subject: string;
  readonly credential: string;
}

// NIST SP 800-38D: 96-bit nonces, 128-bit tags.
const nonceLength = 12;
const tagLength = 16;

/** AES-256-GCM -> `v1.kid.iv.ct.tag`, base64url; version, purpose, key id, subject and credential are associated data. */
export function seal(plain: string, to: SealedFor, [{ kid, key }]: SealingKeys): string {
  const iv = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagLength });
  cipher.setAAD(associated(kid, to));
  const ct = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return ["v1", kid, ...[iv, ct, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(".");
}

/** The plain text; throws when anything about it is not as it was sealed, or when its key is not held. */
export function unseal(sealed: string, to: SealedFor, keys: SealingKeys): string {
  const [version, kid = "", iv = "", ct = "", tag = "", ...more] = sealed.split(".");
  if (version !== "v1" || more.length > 0) throw new Error("this sealed text has another form");
  const key = keys.find((one) => one.kid === kid)?.key;
  if (!key) throw new Error(`this text was sealed with the key "${kid}", which is not held here`);
  const [nonce, mac] = [Buffer.from(iv, "base64url"), Buffer.from(tag, "base64url")];
  if (nonce.length !== nonceLength || mac.length !== tagLength) throw new Error("this sealed text was cut");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
  decipher.setAAD(associated(kid, to));
  decipher.setAuthTag(mac);
  return Buffer.concat([decipher.update(Buffer.from(ct, "base64url")), decipher.final()]).toString("utf8");
}

/** The same text sealed again by the key that seals now; undefined where it is already. Throws as {@link unseal} does. */
export function reseal(sealed: string, to: SealedFor, keys: SealingKeys): string | undefined {
  return sealed.split(".")[1] === keys[0].kid ? undefined : seal(unseal(sealed, to, keys), to, keys);
}

function associated(kid: string, { purpose, subject, credential }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(["v1", purpose, kid, subject, credential]));
}
