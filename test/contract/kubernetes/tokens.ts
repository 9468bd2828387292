import assert from "node:assert/strict";
import type { AdminClient } from "../../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { type Bench, eventually, refused, tokenOf } from "./bench.ts";

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly iss: string;
  readonly jti: string;
  readonly sub: string;
  readonly "kubernetes.io": Record<string, unknown>;
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

export function describeTokens(bench: Bench): void {
  describe("tokens of a service account", () => {
    const account = "operator";
    const path = () => bench.at("ServiceAccount", account, "token");
    const request = (spec: unknown) => bench.admin.send("POST", path(), { body: { spec } });
    const whoami = (client: AdminClient) => client.send("POST", collectionPath("SelfSubjectReview"), { body: {} });
    const secret = (name: string) =>
      bench.make({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name },
        type: "countersign.dev/handle",
        immutable: true,
      });
    const bound = (name: string, uid?: string) => ({ apiVersion: "v1", kind: "Secret", name, ...(uid ? { uid } : {}) });

    before(() => bench.account(account));

    it("live 10 minutes at least, an hour when nothing is said", async () => {
      refused(
        await request({ expirationSeconds: 60 }),
        422,
        "Invalid",
        'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      );
      refused(await request({ expirationSeconds: 2 ** 33 }), 422, "Invalid", /larger than 2\^32 seconds/);
      for (const [spec, seconds] of [
        [{ expirationSeconds: 600 }, 600],
        [{}, 3_600],
      ] as const) {
        const { status, body } = await request(spec);
        assert.deepEqual([status, body.kind], [201, "TokenRequest"]);
        const { exp, iat } = claimsOf(tokenOf(body));
        assert.equal(exp - iat, seconds);
        assert.match((body["status"] as { expirationTimestamp: string }).expirationTimestamp, /^\d{4}-.*Z$/);
      }
    });

    it("say whose they are, for whom, and their own name, another each time", async () => {
      const { metadata } = await bench.admin.get(bench.at("ServiceAccount", account));
      const claims = claimsOf(await bench.token(account));
      assert.equal(claims.sub, `system:serviceaccount:${bench.namespace}:${account}`);
      assert.deepEqual([claims.aud, claims.nbf], [[claims.iss], claims.iat]);
      assert.match(claims.jti, /^[0-9a-f-]{36}$/);
      assert.notEqual(claimsOf(await bench.token(account)).jti, claims.jti);
      assert.deepEqual(claims["kubernetes.io"], {
        namespace: bench.namespace,
        serviceaccount: { name: account, uid: metadata.uid },
      });
    });

    it("are believed, with their own name in the user's extra", async () => {
      const token = await bench.token(account);
      const { status, body } = await whoami(bench.admin.as(token));
      assert.equal(status, 201);
      const { userInfo } = body["status"] as { userInfo: Record<string, unknown> };
      assert.equal(userInfo["username"], `system:serviceaccount:${bench.namespace}:${account}`);
      const extra = { "authentication.kubernetes.io/credential-id": [`JTI=${claimsOf(token).jti}`] };
      assert.deepEqual(userInfo["extra"], extra);
    });

    it("are refused when altered, when made for others, and when they are none", async () => {
      const token = await bench.token(account);
      const [header = "", payload = "", signature = ""] = token.split(".");
      const claims = { ...claimsOf(token), sub: `system:serviceaccount:${bench.namespace}:nobody` };
      const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
      const unsigned = [Buffer.from('{"alg":"none"}').toString("base64url"), payload, ""].join(".");
      const foreign = await bench.token(account, { audiences: ["somebody-else"] });
      assert.deepEqual(claimsOf(foreign).aud, ["somebody-else"]);
      for (const bad of [forged, unsigned, foreign, "garbage"])
        refused(await whoami(bench.admin.as(bad)), 401, "Unauthorized", "Unauthorized");
    });

    it("are not given for an account that is not there, nor read back", async () => {
      const missing = await bench.admin.send("POST", bench.at("ServiceAccount", "missing", "token"), {
        body: { spec: {} },
      });
      refused(missing, 404, "NotFound", 'serviceaccounts "missing" not found');
      refused(await bench.admin.send("GET", path()), 405, "MethodNotAllowed");
    });

    it("can be bound to a Secret that is there, with that uid", async () => {
      const { metadata } = await secret("handle");
      const token = await bench.token(account, { boundObjectRef: bound("handle", metadata.uid) });
      assert.deepEqual(claimsOf(token)["kubernetes.io"]["secret"], { name: "handle", uid: metadata.uid });
      assert.equal((await whoami(bench.admin.as(token))).status, 201);

      refused(await request({ boundObjectRef: bound("missing", "x") }), 404, "NotFound", 'secrets "missing" not found');
      const wrong = await request({ boundObjectRef: bound("handle", "other") });
      refused(
        wrong,
        409,
        "Conflict",
        /the UID in the bound object reference \(other\) does not match the UID in record/,
      );
      const elsewhere = await request({ boundObjectRef: { ...bound("handle"), kind: "ConfigMap" } });
      refused(elsewhere, 400, "BadRequest", "cannot bind token to object of type /v1, Kind=ConfigMap");
    });

    it("are refused within 15 seconds once their Secret is deleted, also when another of its name is made", async () => {
      const { metadata } = await secret("fence");
      const client = bench.admin.as(await bench.token(account, { boundObjectRef: bound("fence", metadata.uid) }));
      const unused = bench.admin.as(await bench.token(account, { boundObjectRef: bound("fence", metadata.uid) }));
      assert.equal((await whoami(client)).status, 201);
      await bench.admin.remove(bench.at("Secret", "fence"), { preconditions: { uid: metadata.uid } });
      await secret("fence");
      const ended = await eventually(
        () => whoami(client),
        ({ status }) => status !== 201,
        15_000,
      );
      refused(ended, 401, "Unauthorized");
      refused(await whoami(unused), 401, "Unauthorized");
    });
  });
}
