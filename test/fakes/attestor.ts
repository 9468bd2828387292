import { generateKeyPairSync } from "node:crypto";
import { type Proof, proofStatement } from "../../src/challenge/challenge.ts";
import { type Approval, approvalStatement } from "../../src/request/request.ts";
import { keyAttestor } from "../../src/request/sign.ts";

const { privateKey } = generateKeyPairSync("ed25519");

/** The one of these tests; another process's statements are made with {@link strangersAttestor}. */
export const attestor = keyAttestor(privateKey);

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
