import {
  elevationEnd,
  elevationLabel,
  elevationName,
  expiresAnnotation,
  longestBinding,
} from "../operation/elevation.ts";
import { parseName, parseNamespace } from "../operation/name.ts";
import { isRequestId } from "../operation/request-id.ts";
import { type Cluster, ClusterFault, type KubeObject, type Session } from "../ports/cluster.ts";
import type { Trail } from "../ports.ts";
import { openElevation } from "../request/elevation.ts";
import { isOver, type Request } from "../request/request.ts";
import type { Bench } from "./bench.ts";
import { noteEnd, removeBinding } from "./end-elevation.ts";
import { record, text, texts } from "./objects/fields.ts";
import { refOf } from "./objects/planned-object.ts";
import { digestAnnotation, requestAnnotation } from "./objects/stamp.ts";
import { preconditionIn } from "./ticket.ts";

/** What it takes to look through a cluster for what no record accounts for. */
export interface Patrol extends Pick<Bench, "mover" | "log"> {
  readonly store: Pick<Bench["store"], "now" | "read">;
  readonly trail: Pick<Trail, "append">;
  /** This process's own clock, for when Redis does not answer: an end is never late for want of it. */
  readonly ownClock: () => number;
}

/** How long an elevation that Redis knows nothing of may stand after its end, in ms. */
export const patrolMs = 5_000;

/** {@link endLeftovers}, which throws nothing: what keeps it is logged when it is news. */
export function walkRounds(patrol: Patrol): (cluster: Cluster) => Promise<void> {
  const told = new Map<string, string>();
  return async (cluster) => {
    try {
      await endLeftovers(patrol, cluster);
      told.delete(cluster.name);
    } catch (fault) {
      const says = fault instanceof ClusterFault ? fault.says : "a fault of ours";
      if (told.get(cluster.name) !== says) patrol.log("elevations not looked through", { cluster: cluster.name, says });
      told.set(cluster.name, says);
    }
  };
}

/** One of our bindings, as it stands in the cluster. */
interface Binding {
  readonly namespace: string;
  readonly name: string;
  /** As the binding names it; "" where it names none that could be one. */
  readonly request: string;
  readonly digest: string;
  /** Its end, and the latest that any may have: milliseconds since 1970. */
  readonly until: number;
}

/**
 * Takes away every elevation in a cluster that is over by what stands on it, that its own request does not stand behind
 * any more, or that nobody was granted. What Redis holds can only end one sooner: the end is read off the binding, which
 * the admission policy holds, and the ticket in the cluster says whether there was a grant.
 */
export async function endLeftovers(patrol: Patrol, cluster: Cluster): Promise<void> {
  const session = await cluster.session(elevationEnd, "elevations");
  const resource = { group: "rbac.authorization.k8s.io", version: "v1", resource: "rolebindings" };
  const found = await session.list(resource, { labels: { [elevationLabel]: "true" } });
  const bindings = found.map(bindingOf).filter(({ name }) => name.startsWith(elevationName("")));
  if (bindings.length === 0) return;
  const now = await patrol.store.now().catch(() => patrol.ownClock());
  const faults: unknown[] = [];
  for (const binding of bindings)
    await endIfOver(patrol, cluster, session, binding, now).catch((fault: unknown) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}

async function endIfOver(
  patrol: Patrol,
  cluster: Cluster,
  session: Session,
  binding: Binding,
  now: number,
): Promise<void> {
  const { request: id, namespace, name } = binding;
  const request = id === "" ? undefined : await recordOf(patrol, id);
  const why = binding.until <= now ? "its time is over" : await whyNobodys(cluster, binding, request);
  if (why === undefined) return;
  const isKnown = request !== undefined && request !== "not known" && openElevation(request) !== undefined;
  if (!isKnown) {
    patrol.log("elevation left over", { cluster: cluster.name, namespace, binding: name, why });
    const note = {
      kind: "elevation.leftover",
      request: id,
      cluster: cluster.name,
      namespace,
      binding: name,
      why,
    } as const;
    // Taking a right away waits for no record: whoever could stop the record could else keep the right.
    if (request !== "not known")
      await patrol.trail.append(note).catch(() => patrol.log("not recorded", { binding: name }));
  }
  const removed = await removeBinding(session, refOf({ kind: "RoleBinding", namespace, name }));
  if (isKnown) await noteEnd(patrol, id, removed);
}

/** The record of a request; `not known` where Redis does not answer. */
async function recordOf({ store }: Patrol, id: string): Promise<Request | undefined | "not known"> {
  try {
    return (await store.read(id))?.request;
  } catch {
    return "not known";
  }
}

/** Says why nobody stands behind a binding before its time is over; undefined = somebody does. */
async function whyNobodys(
  cluster: Cluster,
  { request: id, digest, name }: Binding,
  request: Request | undefined | "not known",
): Promise<string | undefined> {
  if (id === "" || name !== elevationName(id)) return "it names no request of ours";
  if (request !== undefined && request !== "not known" && isOver(request) && !openElevation(request))
    return "its request is over";
  const ticket = await cluster.ticket(id);
  return ticket && ticket["digest"] === digest && preconditionIn(ticket) ? undefined : "nobody was granted it";
}

function bindingOf(object: KubeObject): Binding {
  const metadata = record(object["metadata"]);
  const annotations = texts(metadata["annotations"]);
  const request = annotations[requestAnnotation] ?? "";
  const latest = Date.parse(text(metadata["creationTimestamp"])) + longestBinding;
  const written = Date.parse(annotations[expiresAnnotation] ?? "");
  const [namespace, name] = [text(metadata["namespace"]), text(metadata["name"])];
  return {
    namespace: parseNamespace(namespace) ?? "",
    name,
    request: isRequestId(request) && parseName(request) ? request : "",
    digest: annotations[digestAnnotation] ?? "",
    // What cannot be read is over.
    until: Number.isNaN(written) || Number.isNaN(latest) ? 0 : Math.min(written, latest),
  };
}
