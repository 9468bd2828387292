import { type KeyObject, sign, verify } from "node:crypto";
import { canonical } from "../audit/canonical.ts";
import type { GrantSigner, GrantVerifier } from "../ports.ts";

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

/** Checks grants with the public key: all that the worker holds. */
export function grantVerifier(publicKey: KeyObject): GrantVerifier {
  demandEd25519(publicKey, "public");
  return {
    verify({ grant, signature }) {
      return verify(null, Buffer.from(canonical(grant)), publicKey, Buffer.from(signature, "base64url"));
    },
  };
}

function demandEd25519(key: KeyObject, type: "private" | "public"): void {
  if (key.asymmetricKeyType !== "ed25519" || key.type !== type)
    throw new TypeError(`the grant key must be an Ed25519 ${type} key`);
}
