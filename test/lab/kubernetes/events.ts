import { randomBytes, randomUUID } from "node:crypto";
import { type KubeObject, timestamp } from "./object.ts";
import type { Store } from "./store.ts";

/** What a component has to say of an object, for `kubectl get events`. */
export interface Occurrence {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

/** Writes an Event about that object. A real server forgets it after an hour, the double never. */
export function recordEvent(store: Store, about: KubeObject, { component, ...said }: Occurrence): void {
  const { namespace = "default", name, uid, resourceVersion } = about.metadata;
  const time = timestamp(Date.now());
  store.put({
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: `${name}.${randomBytes(8).toString("hex")}`,
      namespace,
      uid: randomUUID(),
      resourceVersion: "",
      creationTimestamp: time,
    },
    involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
    ...said,
    source: { component },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: "",
  });
}
