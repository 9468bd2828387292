import type { PushAuthenticator } from "../policy/authenticator.ts";
import type { Accepted, PushSeal } from "../ports/push.ts";
import type { PresentedToken } from "../ports/token.ts";

/** What a push is about, as it is sealed: neither to be read nor to be changed in Redis. */
export interface PushFacts {
  readonly request: string;
  readonly subject: string;
  readonly digest: string;
  readonly by: PushAuthenticator;
  readonly transfer: Transfer;
  /** The provider's name for it. */
  readonly handle: string;
  readonly intervalMs: number;
  /** Before it was sent. Milliseconds since 1970, by Redis's clock. */
  readonly startedAt: number;
}

/** The secret carried between the two channels (NIST SP 800-63B-4 section 3.1.3.1), in one direction. */
export type Transfer =
  /** Our six digits, from the device to where the person began. */
  | { readonly back: string }
  /** The provider's number, from where the person began to the device, where the provider judges it. */
  | { readonly to: string };

export function sealFacts(seal: PushSeal, facts: PushFacts, salt: string): string {
  return seal.close(JSON.stringify({ v: "push", facts }), salt, facts.subject);
}

/** Throws when it is not what {@link sealFacts} made for this push of this person. */
export function readFacts(seal: PushSeal, sealed: string, salt: string, subject: string): PushFacts {
  return opened<{ facts: PushFacts }>(seal, sealed, salt, subject, "push").facts;
}

/** A yes, with the provider's token where it brings one. */
export interface Yes {
  readonly token?: PresentedToken;
}

export function sealAnswer(seal: PushSeal, { token }: Yes, salt: string, subject: string): string {
  return seal.close(JSON.stringify({ v: "answer", token }), salt, subject);
}

/** Throws when it is not what {@link sealAnswer} made for this push of this person. */
export function readAnswer(seal: PushSeal, sealed: string, salt: string, subject: string): Yes {
  return opened<Yes>(seal, sealed, salt, subject, "answer");
}

function opened<T>(seal: PushSeal, sealed: string, salt: string, subject: string, v: "push" | "answer"): T {
  const value = JSON.parse(seal.open(sealed, salt, subject)) as T & { readonly v?: unknown };
  if (value.v !== v) throw new Error("this sealed text stands for something else");
  return value;
}

/** How far the provider's clock may be behind Redis's, in ms; its `auth_time` is cut to whole seconds besides. */
const clockSkew = 5_000;

/** Why this yes does not show that this person answered this push, or undefined when it does. */
export function whyYesFails(
  { token }: Yes,
  push: Pick<PushFacts, "subject" | "startedAt">,
  takes: Accepted | undefined,
): string | undefined {
  if (!takes) return undefined;
  if (!token) return "the provider brings no token";
  const { subject, authenticatedAt } = token;
  if (subject !== push.subject) return "somebody else answered the push";
  const weak = "acr" in takes ? whyContextFails(token, takes.acr) : whyMethodsFail(token, takes.amr);
  if (weak !== undefined) return weak;
  if (authenticatedAt === undefined) return "the provider does not say when you authenticated";
  if (authenticatedAt < push.startedAt - clockSkew - 1_000) return "the provider goes by a login from before this push";
  return undefined;
}

function whyContextFails({ acr }: PresentedToken, accepted: readonly string[]): string | undefined {
  if (acr !== undefined && accepted.includes(acr)) return undefined;
  return `the provider says acr ${acr ?? "nothing"}, and it takes ${accepted.join(" or ")}`;
}

function whyMethodsFail({ amr = [] }: PresentedToken, accepted: readonly string[]): string | undefined {
  if (amr.some((method) => accepted.includes(method))) return undefined;
  return `the provider says amr ${amr.join(" and ") || "nothing"}, and it takes ${accepted.join(" or ")}`;
}
