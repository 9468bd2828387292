import type { PresentedToken, PushSeal } from "../push-port.ts";

/** What a push is about, as it is sealed: neither to be read nor to be changed in Redis. */
export interface PushFacts {
  readonly request: string;
  readonly subject: string;
  readonly digest: string;
  /** The six digits that stood in the push. */
  readonly code: string;
  /** The provider's `auth_req_id`. */
  readonly handle: string;
  readonly intervalMs: number;
  /** Before it was sent. Milliseconds since 1970, by Redis's clock. */
  readonly startedAt: number;
}

export function sealFacts(seal: PushSeal, facts: PushFacts, salt: string): string {
  return seal.close(JSON.stringify({ v: "push", facts }), salt, facts.subject);
}

/** Throws when it is not what {@link sealFacts} made for this push of this person. */
export function readFacts(seal: PushSeal, sealed: string, salt: string, subject: string): PushFacts {
  return opened<{ facts: PushFacts }>(seal, sealed, salt, subject, "push").facts;
}

export function sealAnswer(seal: PushSeal, token: PresentedToken, salt: string, subject: string): string {
  return seal.close(JSON.stringify({ v: "answer", token }), salt, subject);
}

/** Throws when it is not what {@link sealAnswer} made for this push of this person. */
export function readAnswer(seal: PushSeal, sealed: string, salt: string, subject: string): PresentedToken {
  return opened<{ token: PresentedToken }>(seal, sealed, salt, subject, "answer").token;
}

function opened<T>(seal: PushSeal, sealed: string, salt: string, subject: string, v: "push" | "answer"): T {
  const value = JSON.parse(seal.open(sealed, salt, subject)) as T & { readonly v?: unknown };
  if (value.v !== v) throw new Error("this sealed text stands for something else");
  return value;
}

/** How far the provider's clock may be behind Redis's, in ms; its `auth_time` is cut to whole seconds besides. */
const clockSkew = 5_000;

/** Why this token does not show that this person answered this push, or undefined when it does. */
export function whyTokenFails(
  { subject, acr, authenticatedAt }: PresentedToken,
  push: Pick<PushFacts, "subject" | "startedAt">,
  accepted: readonly string[],
): string | undefined {
  if (subject !== push.subject) return "somebody else answered the push";
  if (acr === undefined || !accepted.includes(acr))
    return `the provider says acr ${acr ?? "nothing"}, and it takes ${accepted.join(" or ")}`;
  if (authenticatedAt === undefined) return "the provider does not say when you authenticated";
  if (authenticatedAt < push.startedAt - clockSkew - 1_000) return "the provider goes by a login from before this push";
  return undefined;
}
