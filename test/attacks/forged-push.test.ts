import assert from "node:assert/strict";
import { generateKeyPair, SignJWT } from "jose";
import type { AwaitingChallenge } from "../../src/request/request.ts";
import { onStage } from "../journeys/stage.ts";
import { ask, reach } from "../lab/acting.ts";
import { phoneAcr } from "../lab/idp/contexts.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";
import { grantItself } from "./self-grant.ts";

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
    const request = (await reach(lab, id, "awaiting-challenge")) as AwaitingChallenge;
    const { privateKey } = await generateKeyPair("RS256");
    const tokenOf = (sub: string) =>
      new SignJWT({ sub, acr: phoneAcr, auth_time: Math.floor(Date.now() / 1000) })
        .setProtectedHeader({ alg: "RS256", kid: "lab" })
        .setIssuer(lab.idp?.issuer ?? "")
        .setAudience("countersign")
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
    const over = await grantItself(lab, thief, request, {
      approvers: [bob.sub],
      claim: async (sub) => ({ authenticator: "push", evidence: { kind: "id-token", token: await tokenOf(sub) } }),
    });
    assert.equal(over.state, "denied");
    assert.match(
      "ended" in over ? over.ended.why : "",
      /alice@example\.com does not stand up: the ID token does not hold/,
    );
    assert.equal(executions(), 0);
  });
});
