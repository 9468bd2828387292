import { canonical, sha256 } from "./canonical.ts";
import type { AuditEvent } from "./event.ts";

/** One link of the trail: an event, when and by whom it was written, and the hash that ties it to all before it. */
export interface Entry {
  /** 1 for the first; no gaps. */
  readonly seq: number;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly time: number;
  /** SHA-256 (hex) of the entry before; 64 zeros before the first. */
  readonly prev: string;
  /** SHA-256 (hex) over {@link linkText}. */
  readonly hash: string;
  /** Canonical JSON (RFC 8785) of {@link Body}. */
  readonly body: string;
}

/** What the writer says; the chain's place, time and hashes are added by the store in the same atomic step. */
export interface Body {
  readonly event: AuditEvent;
  /** Which process wrote it, such as `web@host/1234`. */
  readonly writer: string;
  /** The writer's own clock, milliseconds since 1970; the order is the chain's, not this. */
  readonly clock: number;
}

export const beforeTheFirst = "0".repeat(64);

/** The text whose SHA-256 is the entry's hash. The store's script writes the same lines (adapters/redis/script/prelude.lua). */
export function linkText(link: {
  readonly prev: string;
  readonly seq: number;
  readonly time: number;
  readonly body: string;
}): string {
  return `countersign.audit.v1\n${link.prev}\n${link.seq}\n${link.time}\n${sha256(link.body)}\n`;
}

/** The body as it is stored and hashed. */
export function bodyText(body: Body): string {
  return canonical(body);
}
