import { createHash } from "node:crypto";
import type { KubeObject } from "./object.ts";
import type { Deed } from "./reply.ts";
import type { ApiRequest } from "./request.ts";
import type { Target } from "./route.ts";

/** What a mutating request did. */
export interface Effect {
  readonly verb: string;
  /** With its query. */
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the object that was written or deleted. */
  readonly uid?: string;
  readonly fieldManager: string;
  /** The request that the caller named in its User-Agent, as in `countersign/1.0 req/r-abc`. */
  readonly request?: string;
  /** False for a write that left everything as it was. */
  readonly changed: boolean;
  /** The object's version before; absent when there was none. */
  readonly versionBefore?: string;
  /** And after; absent when it is gone. */
  readonly versionAfter?: string;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyDigest: string;
}

/** What was done, and between which two states of its object. */
export function effectOf(
  { route, userAgent, body }: ApiRequest,
  { group, plural, subresource, namespace }: Target,
  { name, fieldManager, changed }: Deed,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): Effect {
  const uid = (after ?? before)?.metadata.uid;
  const request = /\breq\/(\S+)/.exec(userAgent)?.[1];
  return {
    verb: route.verb,
    path: `${route.path}${route.query.size > 0 ? `?${route.query}` : ""}`,
    group,
    resource: plural,
    subresource,
    namespace,
    name,
    fieldManager,
    changed,
    ...(uid === undefined ? {} : { uid }),
    ...(request === undefined ? {} : { request }),
    ...(before ? { versionBefore: before.metadata.resourceVersion } : {}),
    ...(after ? { versionAfter: after.metadata.resourceVersion } : {}),
    bodyDigest: createHash("sha256").update(body).digest("hex"),
  };
}
