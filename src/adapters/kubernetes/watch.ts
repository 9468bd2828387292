import { setTimeout as sleep } from "node:timers/promises";
import { ClusterFault, type ClusterFaultCode, type KubeObject } from "../../ports/cluster.ts";
import { faultOf, readAnswer } from "./faults.ts";

/** One stretch of a watch: the server's lines after a resourceVersion, until the connection ends. */
export type Stretch = (resourceVersion: string, signal: AbortSignal) => AsyncIterable<string>;

/** After these a watch goes on; any other fault ends it. */
const passing: ReadonlySet<ClusterFaultCode> = new Set(["no-answer", "server-error", "too-many-requests"]);

/** How long the server is asked to keep one stretch open, in seconds. */
export const stretchSeconds = 60;
/** A stretch that outlives what was asked for is a dead connection. */
const stretchMs = (stretchSeconds + 10) * 1_000;
const shortestPause = 100;
const longestPause = 5_000;

/**
 * Every change of one object after `resourceVersion`, over as many stretches as it takes, until the signal ends it
 * quietly. Each stretch begins where the last one ended; when the server has forgotten that place, the object is read
 * instead. Deletion ends it with the ClusterFault `not-found`.
 */
export async function* watchObject(
  resourceVersion: string,
  signal: AbortSignal,
  stretch: Stretch,
  read: () => Promise<KubeObject>,
): AsyncGenerator<KubeObject> {
  let version = resourceVersion;
  let pause = shortestPause;
  while (!signal.aborted) {
    try {
      for await (const line of stretch(version, AbortSignal.any([signal, AbortSignal.timeout(stretchMs)]))) {
        const { type, object } = readEvent(line);
        version = versionOf(object) ?? version;
        pause = shortestPause;
        if (type !== "BOOKMARK") yield object;
      }
    } catch (fault) {
      if (signal.aborted) return;
      if (!(fault instanceof ClusterFault)) throw fault;
      if (fault.code === "gone") {
        const object = await readSoon(read, signal);
        if (!object) return;
        version = versionOf(object) ?? version;
        yield object;
      } else if (!passing.has(fault.code)) throw fault;
    }
    // A server that ends every stretch at once is not flooded.
    await rest(pause, signal);
    pause = Math.min(pause * 2, longestPause);
  }
}

/** The object as it is now, as soon as the server says; undefined when the signal comes first. */
async function readSoon(read: () => Promise<KubeObject>, signal: AbortSignal): Promise<KubeObject | undefined> {
  for (let pause = shortestPause; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await read();
    } catch (fault) {
      if (!(fault instanceof ClusterFault) || !passing.has(fault.code)) throw fault;
    }
    await rest(pause, signal);
  }
  return undefined;
}

function readEvent(line: string): { readonly type: "ADDED" | "MODIFIED" | "BOOKMARK"; readonly object: KubeObject } {
  const { type, object } = readAnswer<{ readonly type: string; readonly object: KubeObject }>(line);
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "BOOKMARK":
      return { type, object };
    case "DELETED":
      throw new ClusterFault("not-found", "the object was deleted");
    default: {
      const status = typeof object?.["code"] === "number" ? object["code"] : 500;
      throw faultOf(status, JSON.stringify(object));
    }
  }
}

function versionOf(object: KubeObject): string | undefined {
  const metadata = object["metadata"] as { readonly resourceVersion?: string } | undefined;
  return metadata?.resourceVersion;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
