import type { Intent } from "./intent.ts";
import type { Fields, KubeObject } from "./object.ts";
import type { Written } from "./objects.ts";
import type { WatchOptions } from "./watch.ts";

/** A write that was carried out; a rehearsal is none. */
export interface Deed {
  readonly name: string;
  readonly fieldManager: string;
  readonly changed: boolean;
}

/** What a request is answered with, when it is not refused. */
export type Reply = TextReply | ObjectReply | WatchReply;

export interface TextReply {
  readonly code: number;
  readonly text: string;
}

export interface ObjectReply {
  readonly code: number;
  readonly body: Fields;
  readonly warnings?: readonly string[];
  readonly deed?: Deed;
}

export interface WatchReply {
  readonly watch: WatchOptions;
}

/** The object as it is now, and that it was written. */
export function wrote(
  { object, changed, warnings }: Written,
  { dryRun, manager }: Intent,
  code = 200,
): ObjectReply & { readonly body: KubeObject } {
  const deed = { name: object.metadata.name, fieldManager: manager, changed };
  return { code, body: object, warnings, ...(dryRun ? {} : { deed }) };
}
