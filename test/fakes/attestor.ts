import { generateKeyPairSync } from "node:crypto";
import { type Proof, proofStatement } from "../../src/challenge/challenge.ts";
import { type Approval, approvalStatement, type Settlement, settlementStatement } from "../../src/request/request.ts";
import { type ReviewWord, reviewStatement } from "../../src/request/reviewed.ts";
import { grantSigner, grantVerifier, keyAttestor } from "../../src/request/sign.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

/** The one of these tests; another process's statements are made with {@link strangersAttestor}. */
export const attestor = keyAttestor(privateKey);

/** Of the same key, as in the web process. */
export const signer = grantSigner(privateKey);
export const verifier = grantVerifier(publicKey);

/** Signs just as well, with a key that is not ours. */
export const strangersAttestor = keyAttestor(generateKeyPairSync("ed25519").privateKey);

/** The proof as the web process would have signed it. */
export function signedProof(facts: Omit<Proof, "signature">): Proof {
  return { ...facts, signature: attestor.attest(proofStatement(facts)) };
}

/** The approval of this request as the web process would have signed it. */
export function signedApproval(request: string, approval: Omit<Approval, "signature">): Approval {
  return { ...approval, signature: attestor.attest(approvalStatement(request, approval)) };
}

/** The settlement of this request as the web process would have signed it. */
export function signedSettlement(
  request: { readonly id: string; readonly digest: string },
  said: Omit<Settlement, "signature">,
): Settlement {
  return { ...said, signature: attestor.attest(settlementStatement(request, said)) };
}

/** The review of this request as the web process would have signed it. */
export function signedReview(
  request: { readonly id: string; readonly digest: string },
  said: Omit<ReviewWord, "signature">,
): ReviewWord {
  return { ...said, signature: attestor.attest(reviewStatement(request, said)) };
}
