import { createHash } from "node:crypto";
import { isFields } from "../object.ts";

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Ten characters that stand for a pod template, as in the names of ReplicaSets and revisions. */
export function hashOf(template: unknown): string {
  const digest = createHash("sha256")
    .update(JSON.stringify(sorted(template)))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, inner]) => [field, sorted(inner)]));
}
