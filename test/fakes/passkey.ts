import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Passkey } from "../../src/policy/passkey.ts";

/** What a browser and its authenticator may say besides what they should. */
export interface Signing {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly present?: boolean;
  readonly verified?: boolean;
  readonly counter?: number;
}

/** A passkey made of a key in memory; it signs whatever it is asked to, as a real one would not. */
export interface SoftPasskey extends Passkey {
  /** Its registration in the JSON form of browsers, with no attestation. */
  register(signing: Signing): object;
  /** An assertion in the JSON form of browsers. */
  sign(signing: Signing): {
    readonly id: string;
    readonly response: {
      readonly clientDataJSON: string;
      readonly authenticatorData: string;
      readonly signature: string;
    };
  };
}

/** A new one: ES256 (RFC 9053 section 2.1), its key as COSE (RFC 9052 section 7) writes it. */
export function softPasskey(): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const cose = Buffer.concat([
    Buffer.from("a5010203262001215820", "hex"),
    Buffer.from(x, "base64url"),
    Buffer.from("225820", "hex"),
    Buffer.from(y, "base64url"),
  ]);
  const id = randomBytes(16);
  return {
    id: id.toString("base64url"),
    key: cose.toString("base64url"),
    register({ challenge, origin, rpId, type = "webauthn.create", verified = true, present = true }) {
      const data = Buffer.concat([
        sha256(Buffer.from(rpId ?? new URL(origin).hostname)),
        Buffer.from([(present ? 1 : 0) | (verified ? 4 : 0) | 64, 0, 0, 0, 0]),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        cose,
      ]);
      // CBOR (RFC 8949): { fmt: "none", attStmt: {}, authData: data }.
      const attestation = Buffer.concat([
        Buffer.from("a363666d74646e6f6e656761747453746d74a0686175746844617461", "hex"),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
      return {
        id: this.id,
        rawId: this.id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString("base64url"),
          attestationObject: attestation.toString("base64url"),
        },
      };
    },
    sign({ challenge, origin, rpId, type = "webauthn.get", crossOrigin = false, ...rest }) {
      const { present = true, verified = true, counter = 0 } = rest;
      const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
      const counted = Buffer.alloc(4);
      counted.writeUInt32BE(counter);
      const authenticator = Buffer.concat([
        sha256(Buffer.from(rpId ?? new URL(origin).hostname)),
        Buffer.from([(present ? 1 : 0) | (verified ? 4 : 0)]),
        counted,
      ]);
      return {
        id: this.id,
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: authenticator.toString("base64url"),
          signature: sign("sha256", Buffer.concat([authenticator, sha256(client)]), privateKey).toString("base64url"),
        },
      };
    },
  };
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
