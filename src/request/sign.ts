import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonical } from "../audit/canonical.ts";
import type { Attestor, GrantSigner, GrantVerifier } from "../ports.ts";

/** Signs grants with an Ed25519 private key (RFC 8032): the key that only the web process holds. */
export function grantSigner(privateKey: KeyObject): GrantSigner {
  demandEd25519(privateKey, "private");
  return {
    sign(grant) {
      const signature = sign(null, Buffer.from(canonical(grant)), privateKey).toString("base64url");
      return { grant, signature };
    },
  };
}

/** Signs and checks what the web process saw, with the same key; `v` keeps it apart from grants. */
export function keyAttestor(privateKey: KeyObject): Attestor {
  demandEd25519(privateKey, "private");
  const publicKey = createPublicKey(privateKey);
  return {
    attest: (statement) => sign(null, Buffer.from(canonical(statement)), privateKey).toString("base64url"),
    holds: (statement, signature) => stands(statement, signature, publicKey),
  };
}

/** Checks what the web process signed with the public key: all that the worker holds. */
export function grantVerifier(publicKey: KeyObject): GrantVerifier {
  demandEd25519(publicKey, "public");
  return {
    verify: ({ grant, signature }) => stands(grant, signature, publicKey),
    holds: (statement, signature) => stands(statement, signature, publicKey),
  };
}

function stands(statement: object, signature: string, publicKey: KeyObject): boolean {
  try {
    return verify(null, Buffer.from(canonical(statement)), publicKey, Buffer.from(signature, "base64url"));
  } catch {
    // Out of a record that others may write: what is no canonical JSON, or no text, was never signed.
    return false;
  }
}

function demandEd25519(key: KeyObject, type: "private" | "public"): void {
  if (key.asymmetricKeyType !== "ed25519" || key.type !== type)
    throw new TypeError(`the grant key must be an Ed25519 ${type} key`);
}
