import { entryOf } from "../operation/catalogue.ts";
import { kindOf, objectKinds } from "../operation/object-kind.ts";
import { namespaceOf, type Read } from "../operation/operation.ts";
import { targetInWords } from "../operation/target.ts";
import { ClusterFault, type Session } from "../ports/cluster.ts";
import { readDescribe } from "./reads/describe.ts";
import { readElevations } from "./reads/elevations.ts";
import { readEvents } from "./reads/events.ts";
import { readGet } from "./reads/get.ts";
import { readLogs } from "./reads/logs.ts";
import { maskSecrets } from "./reads/mask.ts";
import { present } from "./reads/present.ts";
import type { Answer, Reader } from "./reads/reader.ts";
import { readRolloutHistory } from "./reads/rollout-history.ts";
import { readRolloutStatus } from "./reads/rollout-status.ts";
import { readTop } from "./reads/top.ts";

/** Every read there is, by kind: one that is added to the union and not here does not compile. */
const readers: { readonly [K in Read["kind"]]: Reader<Extract<Read, { kind: K }>> } = {
  get: readGet,
  describe: readDescribe,
  events: readEvents,
  logs: readLogs,
  "rollout-status": readRolloutStatus,
  "rollout-history": readRolloutHistory,
  top: readTop,
  elevations: readElevations,
};

/**
 * Performs a read with its own account. Nothing of it goes into the audit trail but that it was asked. What looks like
 * a secret is masked, and an answer has at most so many lines and characters as {@link present} says.
 */
export async function read(session: Session, operation: Read, now: number): Promise<Answer> {
  const found = await perform(session, operation, now);
  // Of a log the end is what is looked for.
  const keep = operation.kind === "logs" ? "last" : "first";
  return "answer" in found ? { answer: present(found.answer, keep) } : { failed: maskSecrets(found.failed).text };
}

async function perform(session: Session, operation: Read, now: number): Promise<Answer> {
  try {
    return await (readers[operation.kind] as Reader)(session, operation, now);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    const about = aboutOf(operation);
    if (fault.code === "not-found" && about !== undefined)
      return { failed: `There is no ${about}${whereOf(operation)}.` };
    if (fault.code === "forbidden")
      return { failed: `Countersign may not ${entryOf(operation).wish(operation)}${whereOf(operation)}.` };
    return { failed: `The cluster did not answer as it should: ${fault.says}` };
  }
}

/** The one object it reads, in words; undefined where it lists. */
function aboutOf(operation: Read): string | undefined {
  if ("target" in operation) return targetInWords(operation.target);
  if (!("resource" in operation) || operation.name === undefined) return undefined;
  const kind = kindOf(operation.resource);
  return kind && `${objectKinds[kind].noun} ${operation.name}`;
}

function whereOf(operation: Read): string {
  const namespace = namespaceOf(operation);
  return namespace === undefined ? "" : ` in the namespace ${namespace}`;
}
