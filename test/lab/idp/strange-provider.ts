import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** A provider that answers whatever a test wants: what a certified one never would. */
export interface StrangeProvider {
  readonly issuer: string;
  /** What the token endpoint answers next. */
  token: string | undefined;
  /** Its status. */
  status: number;
  /** What it publishes of itself, over the usual. */
  metadata: Readonly<Record<string, unknown>>;
  /** How far its clock is off, in ms. */
  skewMs: number;
  /** Whether its keys can be read. */
  keysAway: boolean;
  /** An ID token for the client `countersign`, good unless told; `forged`: by another key of the same name. */
  sign(claims: JWTPayload, how?: { readonly forged?: boolean; readonly alg?: string }): Promise<string>;
  close(): Promise<void>;
}

export async function startStrangeProvider(): Promise<StrangeProvider> {
  const [own, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "own", alg: "RS256", use: "sig" };
  const server = createServer((request, response) => {
    const json = (status: number, body: unknown) =>
      response
        .writeHead(status, {
          "content-type": "application/json",
          date: new Date(Date.now() + strange.skewMs).toUTCString(),
        })
        .end(JSON.stringify(body));
    switch (request.url) {
      case "/.well-known/openid-configuration":
        return json(200, {
          issuer: strange.issuer,
          jwks_uri: `${strange.issuer}/jwks`,
          token_endpoint: `${strange.issuer}/token`,
          backchannel_authentication_endpoint: `${strange.issuer}/backchannel`,
          ...strange.metadata,
        });
      case "/jwks":
        return strange.keysAway ? json(503, {}) : json(200, { keys: [jwk] });
      case "/token":
        return json(strange.status, {
          access_token: "a",
          token_type: "bearer",
          ...(strange.token === undefined ? {} : { id_token: strange.token }),
        });
      default:
        return json(404, {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const strange: StrangeProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: undefined,
    status: 200,
    metadata: {},
    skewMs: 0,
    keysAway: false,
    async sign(claims, { forged = false, alg = "RS256" } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const whole = { iss: strange.issuer, aud: "countersign", iat: now, exp: now + 300, auth_time: now, ...claims };
      const key = alg === "HS256" ? new TextEncoder().encode("the secret of the client, or a public key") : undefined;
      return new SignJWT(whole).setProtectedHeader({ alg, kid: "own" }).sign(key ?? (forged ? other : own).privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return strange;
}
