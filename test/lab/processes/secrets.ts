import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Keys of one lab, fresh each time. Each stands on one side of the wall only. */
export interface LabSecrets {
  readonly sealingKey: string;
  /** Ed25519, PEM: the web process signs grants with it. */
  readonly grantKey: string;
  readonly grantPublicKey: string;
}

export function freshSecrets(): LabSecrets {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    sealingKey: `lab-1:${randomBytes(32).toString("base64")}`,
    grantKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    grantPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
