import {
  allowInsecureRequests,
  type ClientAuth,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  genericGrantRequest,
} from "openid-client";
import type { Polled } from "../../ports/push.ts";
import { presented, whyNoAnswer } from "./token-answer.ts";

/** Of each call, in seconds. */
export const timeoutSeconds = 5;

/** Who we are to a provider. */
export interface Client {
  readonly issuer: string;
  readonly clientId: string;
  readonly auth: ClientAuth;
  /** It may be plain http; only in the lab. */
  readonly plain: boolean;
}

/** A provider, as far as every push through it needs it. */
export interface ProviderClient {
  /** What it publishes of itself is read at the first push, and again after a failure: web starts without it. */
  configuration(): Promise<Configuration>;
  /** Asks the token endpoint once what became of a push. */
  ask(grantType: string, of: Readonly<Record<string, string>>): Promise<Polled>;
}

/** Signatures are checked, which the library does not by itself (facts/identity.md). */
export function providerClient({ issuer, clientId, auth, plain }: Client): ProviderClient {
  let known: Promise<Configuration> | undefined;

  function configuration(): Promise<Configuration> {
    known ??= discovery(new URL(issuer), clientId, {}, auth, {
      timeout: timeoutSeconds,
      execute: plain ? [allowInsecureRequests, enableNonRepudiationChecks] : [enableNonRepudiationChecks],
    }).catch((fault: unknown) => {
      known = undefined;
      throw fault;
    });
    return known;
  }

  return {
    configuration,

    async ask(grantType, of) {
      try {
        const answer = await genericGrantRequest(await configuration(), grantType, { ...of });
        const claims = answer.claims();
        return answer.id_token === undefined || !claims
          ? { answer: "expired" }
          : { answer: "token", token: presented(answer.id_token, claims) };
      } catch (fault) {
        return whyNoAnswer(fault);
      }
    },
  };
}
