import type { Fields, KubeObject } from "./object.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import type { Matches } from "./selectors.ts";
import { Refusal } from "./status.ts";
import type { Store, StoreEvent } from "./store.ts";

export interface WatchOptions {
  readonly resource: Resource;
  readonly namespace: string;
  readonly matches: Matches;
  /** Empty or `0` begins with all that stands. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** Begin with all that stands and mark the end of it with a bookmark. */
  readonly initialEvents: boolean;
  readonly timeoutSeconds?: number;
}

/** A real server sends one about each minute, and one shortly before it ends the watch. */
const bookmarkMs = 60_000;
const bookmarkBeforeEndMs = 2_000;

export interface WatchSink {
  line(event: Fields): void;
  end(): void;
}

/** Sends what happens until it is stopped; answers how to stop it. */
export function openWatch(store: Store, options: WatchOptions, sink: WatchSink): () => void {
  const { resource, namespace, matches, resourceVersion, bookmarks, initialEvents, timeoutSeconds } = options;
  let version = store.version;
  const timers: NodeJS.Timeout[] = [];

  const bookmark = (annotations?: Fields) => {
    const metadata = { resourceVersion: String(version), ...(annotations ? { annotations } : {}) };
    sink.line({ type: "BOOKMARK", object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } });
  };
  const send = (event: StoreEvent) => {
    version = event.version;
    if (event.resource !== resource || (namespace && event.object.metadata.namespace !== namespace)) return;
    const seen = seenAs(event, matches);
    if (seen) sink.line(seen);
  };

  if (initialEvents || !Number(resourceVersion)) {
    for (const object of store.list(resource, namespace).filter(matches)) sink.line({ type: "ADDED", object });
    if (initialEvents && bookmarks) bookmark({ "k8s.io/initial-events-end": "true" });
  } else {
    try {
      for (const event of store.since(Number(resourceVersion))) send(event);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      sink.line({ type: "ERROR", object: fault.body });
      sink.end();
      return () => undefined;
    }
  }
  const forget = store.onEvent(send);
  const stop = () => {
    forget();
    for (const timer of timers) clearTimeout(timer);
  };
  if (bookmarks) timers.push(setInterval(bookmark, bookmarkMs).unref());
  if (timeoutSeconds) {
    const ms = timeoutSeconds * 1000;
    if (bookmarks && ms > bookmarkBeforeEndMs) timers.push(setTimeout(bookmark, ms - bookmarkBeforeEndMs).unref());
    timers.push(
      setTimeout(() => {
        stop();
        sink.end();
      }, ms).unref(),
    );
  }
  return stop;
}

/** An object that begins or ceases to match a selector is seen to come or go. */
function seenAs({ type, object, before }: StoreEvent, matches: Matches): Fields | undefined {
  const did = before !== undefined && matches(before);
  const does = type !== "DELETED" && matches(object);
  if (!did && !does) return undefined;
  if (did && does) return { type: "MODIFIED", object };
  return { type: does ? "ADDED" : "DELETED", object: does ? object : asLastSeen(object, before) };
}

function asLastSeen(object: KubeObject, before: KubeObject | undefined): KubeObject {
  const { resourceVersion } = object.metadata;
  return before ? { ...before, metadata: { ...before.metadata, resourceVersion } } : object;
}
