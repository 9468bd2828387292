import type { StateClient } from "./redis.ts";

/** One sealed secret as it lies in Redis: the seed of a credential or of an enrolment under way, or a refresh token. */
export interface SealedRow {
  readonly purpose: "totp" | "membership";
  /** Its key, without the prefix. */
  readonly row: string;
  readonly subject: string;
  readonly credential: string;
  readonly sealed: string;
}

/** An open link, by whatever key it was made. */
export interface OpenLink {
  /** Until it lapses, in ms. */
  readonly leftMs: number;
}

/** All that was sealed, and every open link; what comes or goes meanwhile may be missed. */
export async function readSealed(
  client: StateClient,
): Promise<{ readonly rows: readonly SealedRow[]; readonly links: readonly OpenLink[] }> {
  const rows: SealedRow[] = [];
  const links: OpenLink[] = [];
  for (const key of await keysOf(client, "totp:")) {
    const [credential, sealed] = await client.read((redis) => redis.hmget(client.prefix + key, "id", "sealed"));
    if (credential && sealed)
      rows.push({ purpose: "totp", row: key, subject: key.slice("totp:".length), credential, sealed });
  }
  for (const key of await keysOf(client, "enrolment:")) {
    const [fields, leftMs] = await client.read((redis) =>
      Promise.all([redis.hmget(client.prefix + key, "subject", "id", "sealed"), redis.pttl(client.prefix + key)]),
    );
    const [subject, credential, sealed] = fields;
    if (subject) links.push({ leftMs });
    if (subject && credential && sealed) rows.push({ purpose: "totp", row: key, subject, credential, sealed });
  }
  const row = "membership-refresh";
  const refreshes = await client.read((redis) => redis.hgetall(client.prefix + row));
  for (const [subject, sealed] of Object.entries(refreshes))
    rows.push({ purpose: "membership", row, subject, credential: "", sealed });
  return { rows, links };
}

/** Puts the same secret sealed anew in its place; false = something else stands there by now. */
export async function writeSealed(client: StateClient, one: SealedRow, to: string) {
  const { purpose, row, subject, credential, sealed } = one;
  const where = purpose === "membership" ? { row, field: subject } : { row, credential };
  return (await client.run("reseal", { ...where, from: sealed, to })) === 1;
}

async function keysOf(client: StateClient, kind: string): Promise<readonly string[]> {
  const found = new Set<string>();
  let cursor = "0";
  do {
    const [next, keys] = await client.read((redis) =>
      redis.scan(cursor, "MATCH", `${client.prefix}${kind}*`, "COUNT", 500),
    );
    for (const key of keys) found.add(key.slice(client.prefix.length));
    cursor = next;
  } while (cursor !== "0");
  return [...found];
}
