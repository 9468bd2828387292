/** What a provider publishes of itself (OpenID Connect Discovery 1.0 section 3), as far as it matters here. */
export interface Published {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The `alg` of each key that it publishes, or its type where it names none. */
  readonly keys: readonly string[];
  /** How far its clock is ahead of ours, in ms, to a second; absent where it does not say. */
  readonly clockMs?: number;
}

const timeoutMs = 5_000;

/** Reads it. Throws with what could not be read, in words. */
export async function readPublished(issuer: string, clock: () => number): Promise<Published> {
  const place = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const began = clock();
  const { answer, body: metadata } = await readJson(place);
  const middle = (began + clock()) / 2;
  const date = Date.parse(answer.headers.get("date") ?? "");
  const { body } = await readJson(String(metadata["jwks_uri"]));
  const keys = Array.isArray(body["keys"]) ? (body["keys"] as readonly Readonly<Record<string, unknown>>[]) : [];
  return {
    metadata,
    keys: keys.map(({ alg, kty }) => String(alg ?? kty)),
    // The header is cut to whole seconds: on average it is half of one behind.
    ...(Number.isNaN(date) ? {} : { clockMs: Math.round((date + 500 - middle) / 1000) * 1000 }),
  };
}

async function readJson(place: string) {
  if (!URL.canParse(place)) throw new Error(`"${place}" is no address`);
  try {
    const answer = await fetch(place, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) throw new Error(`it answers with ${answer.status}`);
    return { answer, body: (await answer.json()) as Readonly<Record<string, unknown>> };
  } catch (fault) {
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause.message : "";
    throw new Error(`${place} cannot be read: ${fault instanceof Error ? fault.message : "no answer"} ${cause}`.trim());
  }
}
