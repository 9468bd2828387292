import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** A push as it lies in Okta Verify. */
export interface OktaPush {
  readonly id: string;
  readonly subject: string;
  readonly expiresAt: number;
}

/** What the token of a yes says, where it is not as it should be; `forged`: by another key of the same name. */
export interface OddToken {
  readonly claims?: JWTPayload;
  readonly forged?: boolean;
}

/** Okta's direct authentication, shaped by its documented messages, and Okta Verify for each of its people. */
export interface Okta {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The number to pick; undefined = the number challenge is off. */
  number: string | undefined;
  /** What it answers instead of anything. */
  ill: "html" | "busy" | undefined;
  inbox(subject: string): readonly OktaPush[];
  /** Says yes, having picked a number where one is asked for; a wrong one is a no. */
  approve(id: string, number?: string, odd?: OddToken): void;
  deny(id: string): void;
  /** Ends its time. */
  lapse(id: string): void;
  /** Everything that was asked of it: address and body. */
  asked(): readonly string[];
  close(): Promise<void>;
}

interface Transaction extends OktaPush {
  readonly number: string | undefined;
  readonly polledAt?: number;
  readonly state: "waiting" | "approved" | "denied" | "over";
  readonly odd?: OddToken;
}

const oob = "urn:okta:params:oauth:grant-type:oob";

export async function startOkta({
  people,
  intervalSeconds = 0.05,
}: {
  people: readonly string[];
  intervalSeconds?: number;
}) {
  const [own, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "okta", alg: "RS256", use: "sig" };
  const transactions = new Map<string, Transaction>();
  const log: string[] = [];

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    log.push(`${request.url} ${body}`);
    const form = new URLSearchParams(body);
    switch (request.url) {
      case "/.well-known/openid-configuration":
        return json(response, 200, {
          issuer: okta.issuer,
          jwks_uri: `${okta.issuer}/oauth2/v1/keys`,
          token_endpoint: `${okta.issuer}/oauth2/v1/token`,
        });
      case "/oauth2/v1/keys":
        return json(response, 200, { keys: [jwk] });
    }
    if (okta.ill === "busy")
      return json(response, 429, { errorCode: "E0000047", errorSummary: "API call exceeded rate limit" });
    if (okta.ill === "html") return void response.writeHead(502, { "content-type": "text/html" }).end("<h1>502</h1>");
    if (!isClient(request)) return json(response, 401, { error: "invalid_client", error_description: "as documented" });
    if (request.url === "/oauth2/v1/primary-authenticate") return begin(response, form);
    if (request.url === "/oauth2/v1/token") return poll(response, form);
    json(response, 404, { error: "not_found" });
  });

  function isClient({ headers }: IncomingMessage): boolean {
    const given = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
    // RFC 6749 section 2.3.1: both parts are form-encoded first.
    return decodeURIComponent(given) === `${okta.clientId}:${okta.clientSecret}`;
  }

  function begin(response: ServerResponse, form: URLSearchParams) {
    const subject = form.get("login_hint") ?? "";
    if (form.get("channel_hint") !== "push" || form.get("challenge_hint") !== oob)
      return json(response, 400, { error: "invalid_request" });
    if (!people.includes(subject)) return json(response, 400, { error: "invalid_grant" });
    const id = randomBytes(24).toString("base64url");
    const { number } = okta;
    transactions.set(id, { id, subject, number, expiresAt: Date.now() + 300_000, state: "waiting" });
    const binding =
      number === undefined ? { binding_method: "none" } : { binding_method: "transfer", binding_code: number };
    json(response, 200, { oob_code: id, expires_in: 300, interval: intervalSeconds, channel: "push", ...binding });
  }

  async function poll(response: ServerResponse, form: URLSearchParams): Promise<void> {
    const found = transactions.get(form.get("oob_code") ?? "");
    const refuse = (error: string) => json(response, 400, { error, error_description: "as documented" });
    if (!found || form.get("grant_type") !== oob) return refuse("invalid_grant");
    const early = found.polledAt !== undefined && Date.now() - found.polledAt < intervalSeconds * 900;
    transactions.set(found.id, { ...found, polledAt: Date.now() });
    if (found.state === "waiting") return refuse(early ? "slow_down" : "authorization_pending");
    transactions.delete(found.id);
    if (found.state === "denied") return refuse("access_denied");
    if (found.state === "over") return refuse("expired_token");
    const token = { token_type: "Bearer", expires_in: 3600, access_token: "access", scope: "openid" };
    json(response, 200, { ...token, id_token: await sign(found) });
  }

  function sign({ subject, odd = {} }: Transaction): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: okta.issuer,
      aud: okta.clientId,
      sub: subject,
      iat: now,
      exp: now + 3600,
      auth_time: now,
      amr: ["swk"],
    };
    return new SignJWT({ ...usual, ...odd.claims })
      .setProtectedHeader({ alg: "RS256", kid: "okta" })
      .sign((odd.forged ? other : own).privateKey);
  }

  const ever: OktaPush[] = [];
  const change = (id: string, next: Partial<Transaction>) => {
    const found = transactions.get(id);
    if (!found) throw new Error(`no phone was sent the push ${id}`);
    transactions.set(id, { ...found, ...next });
    return found;
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const okta: Okta = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: "0oa1countersign",
    clientSecret: randomBytes(24).toString("base64url"),
    number: "95",
    ill: undefined,
    inbox(subject) {
      for (const one of transactions.values()) if (!ever.some(({ id }) => id === one.id)) ever.push(one);
      return ever.filter((push) => push.subject === subject);
    },
    approve(id, number, odd = {}) {
      const found = change(id, { odd });
      change(id, { state: found.number === number ? "approved" : "denied" });
    },
    deny: (id) => void change(id, { state: "denied" }),
    lapse: (id) => void change(id, { state: "over" }),
    asked: () => log,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return okta;
}

function json(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
