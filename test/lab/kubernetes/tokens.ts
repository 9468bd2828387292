import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from "node:crypto";
import { administrator, anonymous, serviceAccountUser, type User } from "./identity.ts";
import { fieldsOf, isFields, type KubeObject } from "./object.ts";
import { resourceOfKind } from "./resources.ts";
import { unauthorized } from "./status.ts";
import type { Store } from "./store.ts";

const issuer = "https://kubernetes.default.svc";
export const defaultAudiences: readonly string[] = [issuer];

export interface TokenClaims {
  readonly account: KubeObject;
  readonly secret?: KubeObject;
  readonly audiences: readonly string[];
  readonly seconds: number;
}

/** Signs and checks the tokens of service accounts with a key of its own, made at start. */
export class Tokens {
  readonly adminToken: string = randomBytes(24).toString("base64url");
  readonly #store: Store;
  readonly #lagMs: number;
  readonly #key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #kid: string;
  readonly #passed = new Map<string, { readonly user: User; readonly at: number }>();

  /** A token that passed is not looked at again for `lagMs`: 10 s on a real server. */
  constructor(store: Store, lagMs: number) {
    this.#store = store;
    this.#lagMs = lagMs;
    const spki = this.#key.publicKey.export({ type: "spki", format: "der" });
    this.#kid = createHash("sha256").update(spki).digest("base64url");
  }

  /** @param now milliseconds since 1970 */
  issue({ account, secret, audiences, seconds }: TokenClaims, now: number): string {
    const { name, namespace = "", uid } = account.metadata;
    const iat = Math.floor(now / 1000);
    const claims = {
      aud: audiences,
      exp: iat + seconds,
      iat,
      iss: issuer,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace,
        ...(secret ? { secret: { name: secret.metadata.name, uid: secret.metadata.uid } } : {}),
        serviceaccount: { name, uid },
      },
      nbf: iat,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const signed = `${encode({ alg: "ES256", kid: this.#kid })}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(signed), { key: this.#key.privateKey, dsaEncoding: "ieee-p1363" });
    return `${signed}.${signature.toString("base64url")}`;
  }

  /** Answers who it is; no header is anonymous; throws 401 for anything that does not hold. */
  authenticate(authorization: string | undefined, now: number): User {
    if (authorization === undefined) return anonymous;
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? "";
    if (token === this.adminToken) return administrator;
    const passed = this.#passed.get(token);
    if (passed && now - passed.at < this.#lagMs) return passed.user;
    this.#passed.delete(token);
    const user = this.#check(token, now);
    if (!user) throw unauthorized();
    this.#passed.set(token, { user, at: now });
    return user;
  }

  #check(token: string, now: number): User | undefined {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const key = { key: this.#key.publicKey, dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")))
      return undefined;
    const claims = fieldsOf(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    const aud = Array.isArray(claims["aud"]) ? claims["aud"] : [];
    if (!defaultAudiences.some((audience) => aud.includes(audience))) return undefined;
    const seconds = now / 1000;
    if (!(Number(claims["nbf"]) <= seconds && seconds < Number(claims["exp"]))) return undefined;
    const { namespace, serviceaccount, secret } = fieldsOf(claims["kubernetes.io"]);
    const place = String(namespace);
    if (secret !== undefined && !this.#stands("Secret", place, secret)) return undefined;
    if (!this.#stands("ServiceAccount", place, serviceaccount)) return undefined;
    const { name, uid } = fieldsOf(serviceaccount);
    return serviceAccountUser(place, String(name), String(uid), String(claims["jti"]));
  }

  #stands(kind: "Secret" | "ServiceAccount", namespace: string, ref: unknown): boolean {
    if (!isFields(ref)) return false;
    const found = this.#store.find(resourceOfKind(kind), namespace, String(ref["name"]));
    return found?.metadata.uid === ref["uid"];
  }
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
