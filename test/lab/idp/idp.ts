import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { errors } from "oidc-provider";
import { phoneAcr, weakerAcr } from "./contexts.ts";
import { loginPage } from "./login-page.ts";
import { paced } from "./paced.ts";

/** A push as it lies on a person's phone. */
export interface ReceivedPush {
  readonly id: string;
  readonly subject: string;
  /** The binding message, as the provider was given it. */
  readonly text: string;
  readonly expiresAt: number;
  readonly state: "waiting" | "approved" | "denied";
}

/** What the provider writes into the token of a yes, where it is not as it should be. */
export interface OddYes {
  readonly acr?: string;
  /** Seconds since 1970. */
  readonly authTime?: number;
  /** Somebody else's account answers. */
  readonly as?: string;
}

/**
 * An OpenID provider on loopback, `oidc-provider`: with CIBA in poll mode and a phone for each of its people, and a page
 * where they log in.
 */
export interface Idp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Everything that ever reached this person's phone, oldest first. */
  inbox(subject: string): readonly ReceivedPush[];
  approve(id: string, odd?: OddYes): Promise<void>;
  deny(id: string): Promise<void>;
  /** What its tokens say of this person's groups from now on. */
  setGroups(subject: string, groups: readonly string[]): void;
  /** It does not know this person, from now on or any more. */
  setActive(subject: string, active: boolean): void;
  /** How often somebody asked what became of a push. */
  polls(): number;
  /** Tells when a push came or was answered. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface IdpOptions {
  readonly subjects: readonly string[];
  /** Where it may lead a browser back to after a login. */
  readonly redirectUris?: readonly string[];
  /** Between two polls, in seconds; faster ones are answered with slow_down. */
  readonly intervalSeconds?: number;
}

export async function startIdp({ subjects, redirectUris = [], intervalSeconds = 1 }: IdpOptions): Promise<Idp> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ["countersign", randomBytes(24).toString("base64url")];
  const inbox: ReceivedPush[] = [];
  const groups = new Map<string, readonly string[]>();
  const gone = new Set<string>();
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const refuse = (why: string): never => {
    throw new errors.InvalidBindingMessage(why);
  };

  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: [
          "urn:openid:params:grant-type:ciba",
          ...(redirectUris.length > 0 ? ["authorization_code", "refresh_token"] : []),
        ],
        response_types: redirectUris.length > 0 ? ["code"] : [],
        redirect_uris: [...redirectUris],
        backchannel_token_delivery_mode: "poll",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "lab", use: "sig", alg: "RS256" }] },
    findAccount: (_ctx, sub) =>
      subjects.includes(sub) && !gone.has(sub)
        ? { accountId: sub, claims: async () => ({ sub, groups: groups.get(sub) ?? [] }) }
        : undefined,
    claims: { openid: ["sub", "acr", "amr", "auth_time", "groups"] },
    acrValues: [phoneAcr, weakerAcr],
    cookies: { keys: [randomBytes(16).toString("hex")] },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    // Whoever logs in here has consented once and for all.
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ clientId, accountId: oidc.session?.accountId ?? "" });
      grant.addOIDCScope("openid offline_access");
      await grant.save();
      return grant;
    },
    ttl: {
      BackchannelAuthenticationRequest: (_ctx, request) =>
        secondsOf((request as { params?: Record<string, unknown> }).params),
      IdToken: 300,
      AccessToken: 60,
      RefreshToken: 3_600,
      Grant: 3_600,
      Interaction: 600,
      Session: 3_600,
    },
    features: {
      devInteractions: { enabled: false },
      ciba: {
        enabled: true,
        deliveryModes: ["poll"],
        processLoginHint: async (_ctx, hint = "") => (subjects.includes(hint) ? hint : ""),
        processLoginHintToken: async () => "",
        verifyUserCode: async () => undefined,
        validateRequestContext: async () => undefined,
        validateBindingMessage: async (_ctx, text) => {
          if (text !== undefined && !/^[\x20-\x7e]{1,120}$/.test(text)) refuse("up to 120 printable characters");
        },
        triggerAuthenticationDevice: async (_ctx, request, account) => {
          const { jti: id, params } = request as typeof request & { params?: Record<string, unknown> };
          const text = String(params?.["binding_message"] ?? "");
          inbox.push({
            id,
            subject: account.accountId,
            text,
            expiresAt: Date.now() + secondsOf(params) * 1000,
            state: "waiting",
          });
          changed();
        },
      },
    },
  });
  // What it notices on the console is nothing of ours.
  provider.on("server_error", () => undefined);
  const pace = paced(intervalSeconds);
  provider.use(pace.middleware);
  const [login, callback] = [loginPage(provider, subjects), provider.callback()];
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/")) void login(request, response);
    else void callback(request, response);
  });

  const answered = (id: string, state: ReceivedPush["state"]) => {
    const at = inbox.findIndex((push) => push.id === id);
    const push = inbox[at];
    if (!push) throw new Error(`no phone was sent the push ${id}`);
    inbox[at] = { ...push, state };
    return push;
  };

  return {
    issuer,
    clientId,
    clientSecret,
    inbox: (subject) => inbox.filter((push) => push.subject === subject),
    async approve(id, { acr = phoneAcr, authTime = Math.floor(Date.now() / 1000), as } = {}) {
      const { subject } = answered(id, "approved");
      const accountId = as ?? subject;
      const request = await provider.BackchannelAuthenticationRequest.find(id);
      if (!request) throw new Error("this push is over");
      request.accountId = accountId;
      const grant = new provider.Grant({ accountId, clientId });
      grant.addOIDCScope("openid");
      await grant.save();
      await provider.backchannelResult(request, grant, { acr, amr: ["swk"], authTime });
      changed();
    },
    async deny(id) {
      answered(id, "denied");
      await provider.backchannelResult(id, new errors.AccessDenied("the person said no"));
      changed();
    },
    setGroups: (subject, theirs) => void groups.set(subject, theirs),
    setActive: (subject, active) => void (active ? gone.delete(subject) : gone.add(subject)),
    polls: () => pace.polls(),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How long a push may be answered: what was asked for, and 300 s at most. */
function secondsOf(params: Readonly<Record<string, unknown>> | undefined): number {
  return Math.min(Number(params?.["requested_expiry"] ?? 120), 300);
}
