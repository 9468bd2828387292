import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { type Proof, proofStatement } from "../../src/challenge/challenge.ts";
import { type AwaitingChallenge, approvalStatement } from "../../src/request/request.ts";
import { grantSigner, keyAttestor } from "../../src/request/sign.ts";
import { onStage } from "../journeys/stage.ts";
import { ask, finish, reach } from "../lab/acting.ts";
import { phoneAcr } from "../lab/idp/contexts.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";

/** The thief has the web process's signing key and Redis, and forges what the identity provider says. */
describe("attack: ID tokens of pushes that nobody answered", function () {
  this.timeout(60_000);
  const stage = onStage({ provider: "ciba" });
  let thief: RedisThief;
  before(() => {
    thief = redisThief(stage().lab);
  });
  after(() => thief?.close());

  it("run nothing, for the worker asks the provider's own keys; the record says why", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/api -n prod -- by a thief");
    const { digest, decision } = (await reach(lab, id, "awaiting-challenge")) as AwaitingChallenge;
    const key = createPrivateKey(lab.secrets.grantKey);
    const attestor = keyAttestor(key);
    const at = Date.now();
    const { privateKey } = await generateKeyPair("RS256");
    const proofOf = async (subject: string): Promise<Proof> => {
      const token = await new SignJWT({ sub: subject, acr: phoneAcr, auth_time: Math.floor(at / 1000) })
        .setProtectedHeader({ alg: "RS256", kid: "lab" })
        .setIssuer(lab.idp?.issuer ?? "")
        .setAudience("countersign")
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
      const evidence = { kind: "id-token", token } as const;
      const facts = { authenticator: "push", subject, digest, at, request: id, evidence } as const;
      return { ...facts, signature: attestor.attest(proofStatement(facts)) };
    };
    const approval = { subject: bob.sub, at, digest, proof: await proofOf(bob.sub) };
    const approvals = [{ ...approval, signature: attestor.attest(approvalStatement(id, approval)) }];
    const grant = grantSigner(key).sign({
      v: "countersign.grant.v1",
      request: id,
      digest,
      cluster: "demo",
      requester: alice.sub,
      approvers: [bob.sub],
      tier: decision.tier,
      policy: decision.policy,
      grantedAt: at,
      notAfter: at + 300_000,
    });
    const proof = await proofOf(alice.sub);
    await thief.edit(id, (record) => {
      delete record["challenge"];
      Object.assign(record, { state: "granted", proof, approvals, grant });
    });
    await thief.wakeWorker(id);
    const over = await finish(lab, id);
    assert.equal(over.state, "denied");
    assert.match(
      "ended" in over ? over.ended.why : "",
      /alice@example\.com does not stand up: the ID token does not hold/,
    );
    assert.equal(executions(), 0);
  });
});
