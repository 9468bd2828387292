import type { Outcome } from "../../challenge/challenge.ts";
import type { Assertion, Binding } from "../../challenge/evidence.ts";
import type { Authenticator, Directory } from "../../ports.ts";

const base64url = /^[A-Za-z0-9_-]{1,4000}$/;

/**
 * A passkey on our own page. It reads what the browser brought (the JSON form of an assertion, Web Authentication Level 3
 * section 5.1) and keeps it whole as evidence; whether that holds is for the witness to say, here and in the worker.
 */
export function passkeyAuthenticator(directory: Pick<Directory, "subject">): Authenticator {
  return {
    name: "passkey",

    isEnrolled: async (subject) => ((await directory.subject(subject))?.passkeys ?? []).length > 0,

    async submit(_, { given, started }, now): Promise<Outcome> {
      if (!started) return insufficient("no page was opened for it");
      if (now > started.expiresAt) return { outcome: "expired" };
      const evidence = assertionIn(given, started);
      return evidence
        ? { outcome: "approved", claim: { stepUp: started.salt }, evidence }
        : insufficient("the browser brought no assertion");
    },
  };
}

function insufficient(says: string): Outcome {
  return { outcome: "insufficient", because: "evidence", says };
}

/** Its four texts, and nothing else of what was sent. */
function assertionIn(given: string, binding: Binding): Assertion | undefined {
  const sent = objectIn(given);
  const response = sent && fieldsOf(sent["response"]);
  const [credential, clientDataJSON, authenticatorData, signature] = [
    sent?.["id"],
    response?.["clientDataJSON"],
    response?.["authenticatorData"],
    response?.["signature"],
  ];
  if (![credential, clientDataJSON, authenticatorData, signature].every(isBase64url)) return undefined;
  return { kind: "assertion", binding, credential, clientDataJSON, authenticatorData, signature } as Assertion;
}

function isBase64url(value: unknown): boolean {
  return typeof value === "string" && base64url.test(value);
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
