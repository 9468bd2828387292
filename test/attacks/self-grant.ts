import { createPrivateKey } from "node:crypto";
import { type Proof, proofStatement } from "../../src/challenge/challenge.ts";
import { type AwaitingChallenge, approvalStatement, type Request } from "../../src/request/request.ts";
import { grantSigner, keyAttestor } from "../../src/request/sign.ts";
import { finish } from "../lab/acting.ts";
import type { Lab } from "../lab/lab.ts";
import type { RedisThief } from "./redis-thief.ts";

/** How somebody is said to have proved that they were present, and what is shown for it. */
export type Claimed = Pick<Proof, "authenticator" | "evidence">;

/**
 * What a thief of the web process does: writes a granted record over a request, every signature in which is the web
 * process's own, and wakes the worker. Answers what became of it.
 */
export async function grantItself(
  lab: Lab,
  thief: RedisThief,
  { id, digest, requester, decision }: AwaitingChallenge,
  by: { readonly approvers: readonly string[]; readonly claim: (sub: string) => Claimed | Promise<Claimed> },
): Promise<Request> {
  const key = createPrivateKey(lab.secrets.grantKey);
  const attestor = keyAttestor(key);
  const at = Date.now();
  const proofOf = async (subject: string): Promise<Proof> => {
    const { authenticator, evidence } = await by.claim(subject);
    const facts = { authenticator, subject, digest, at, request: id, ...(evidence ? { evidence } : {}) };
    return { ...facts, signature: attestor.attest(proofStatement(facts)) };
  };
  const proof = await proofOf(requester);
  const approvals = await Promise.all(
    by.approvers.map(async (subject) => {
      const approval = { subject, at, digest, proof: await proofOf(subject) };
      return { ...approval, signature: attestor.attest(approvalStatement(id, approval)) };
    }),
  );
  const grant = grantSigner(key).sign({
    v: "countersign.grant.v1",
    request: id,
    digest,
    cluster: "demo",
    requester,
    approvers: by.approvers,
    tier: decision.tier,
    policy: decision.policy,
    grantedAt: at,
    notAfter: at + 300_000,
  });
  await thief.edit(id, (record) => {
    delete record["challenge"];
    Object.assign(record, { state: "granted", proof, approvals, grant });
  });
  await thief.wakeWorker(id);
  return finish(lab, id);
}
