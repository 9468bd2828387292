import type { Binding } from "../../challenge/evidence.ts";

/** What a form is about, as its metadata carries it: ids and nothing else, neither secret nor signed. */
export interface Metadata {
  readonly request: string;
  /** The push whose code it asks for. */
  readonly started?: Binding;
}

export function writeMetadata({ request, started }: Metadata): string {
  return started ? [request, started.salt, started.expiresAt].join(" ") : request;
}

export function readMetadata(text: string): Metadata {
  const [, request = text, salt, expiresAt] = /^(\S+) ([\w-]{43}) (\d{1,15})$/.exec(text) ?? [];
  return salt === undefined ? { request } : { request, started: { salt, expiresAt: Number(expiresAt) } };
}
