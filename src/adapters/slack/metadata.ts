import type { PushBegun } from "../../challenge/push.ts";
import type { PushAuthenticator } from "../../policy/authenticator.ts";

/** What a form is about, as its metadata carries it: ids and nothing else, neither secret nor signed. */
export interface Metadata {
  readonly request: string;
  /** The push that it is for. */
  readonly started?: Omit<PushBegun, "enter">;
}

export function writeMetadata({ request, started }: Metadata): string {
  return started ? [request, started.by, started.salt, started.expiresAt].join(" ") : request;
}

export function readMetadata(text: string): Metadata {
  const [, request = text, by, salt = "", expiresAt] =
    /^(\S+) (push|duo|okta) ([\w-]{43}) (\d{1,15})$/.exec(text) ?? [];
  if (by === undefined) return { request };
  return { request, started: { by: by as PushAuthenticator, salt, expiresAt: Number(expiresAt) } };
}
