import { shapesOfSecrets } from "./secret-shapes.ts";

/** Stands where a value was. */
const mask = "[masked]";

/** A text without the values that look secret, and how many there were. */
export interface Masked {
  readonly text: string;
  readonly count: number;
}

/**
 * Puts a mark where values stand that look secret: credentials of HTTP, passwords in addresses, private keys, tokens of
 * known issuers, and whatever a telling name is given. A shape can only be known or not: what looks like nothing is
 * left, which is why logs are an operation of their own.
 */
export function maskSecrets(text: string): Masked {
  let count = 0;
  let left = text;
  for (const shape of shapesOfSecrets)
    left = left.replace(shape, (...found) => {
      const groups = found.at(-1) as { before?: string; after?: string } | string;
      count += 1;
      return typeof groups === "string" ? mask : `${groups.before ?? ""}${mask}${groups.after ?? ""}`;
    });
  return { text: left, count };
}
