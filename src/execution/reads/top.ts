import type { Top } from "../../operation/catalogue/usage.ts";
import { ClusterFault, type KubeObject, type ObjectRef, type Session } from "../../ports/cluster.ts";
import { list, record, text } from "../objects/fields.ts";
import { readQuantity } from "./quantity.ts";
import type { Answer, Reader } from "./reader.ts";
import { table } from "./table.ts";

/** What pods or nodes use, as metrics.k8s.io tells, the busiest first. */
export const readTop: Reader<Top> = async (session, { resource, namespace, name, cluster }) => {
  const ref = {
    group: "metrics.k8s.io",
    version: "v1beta1",
    resource,
    ...(namespace === undefined ? {} : { namespace }),
  };
  const found = await measuredIn(session, ref, name);
  if ("failed" in found) return found.failed === "unserved" ? unserved(cluster) : { failed: unmeasured(ref, name) };
  const where = namespace === undefined ? `cluster ${cluster}` : `namespace ${namespace}`;
  if (found.objects.length === 0) return { answer: `Nothing is measured of ${resource} in the ${where} now.` };
  const used = found.objects.map(usedBy).toSorted((one, other) => other.cpu - one.cpu);
  if (resource === "pods")
    return { answer: table([["NAME", "CPU", "MEMORY"], ...used.map((one) => [one.name, cpuOf(one), memoryOf(one)])]) };
  const rooms = await roomsOf(session, name);
  return {
    answer: table([
      ["NAME", "CPU", "CPU%", "MEMORY", "MEMORY%"],
      ...used.map((one) => {
        const room = rooms.get(one.name);
        return [one.name, cpuOf(one), percent(one.cpu, room?.cpu), memoryOf(one), percent(one.memory, room?.memory)];
      }),
    ]),
  };
};

type Measured = { readonly objects: readonly KubeObject[] } | { readonly failed: "unserved" | "unmeasured" };

async function measuredIn(session: Session, ref: ObjectRef, name: string | undefined): Promise<Measured> {
  try {
    if (name === undefined) return { objects: await session.list(ref) };
    return { objects: [(await session.get({ ...ref, name })).object] };
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || fault.code !== "not-found") throw fault;
    // Not this one, or none at all: the list tells.
    if (name === undefined) return { failed: "unserved" };
    const all = await measuredIn(session, ref, undefined);
    return "failed" in all ? all : { failed: "unmeasured" };
  }
}

function unserved(cluster: string): Answer {
  return {
    failed: `Metrics are not served in the cluster ${cluster}: nothing there answers for metrics.k8s.io, as metrics-server does.`,
  };
}

function unmeasured({ resource, namespace }: ObjectRef, name: string | undefined): string {
  const where = namespace === undefined ? "" : ` in the namespace ${namespace}`;
  return `Nothing is measured of the ${resource.slice(0, -1)} ${name}${where}: it is not there, does not run, or has only begun to.`;
}

interface Amounts {
  /** In cores. */
  readonly cpu: number;
  /** In bytes. */
  readonly memory: number;
}

function usedBy(measurement: KubeObject): Amounts & { readonly name: string } {
  const parts = "containers" in measurement ? list(measurement["containers"]).map(record) : [measurement];
  const amounts = parts.map(({ usage }) => amountsOf(record(usage)));
  return {
    name: text(record(measurement["metadata"])["name"]),
    cpu: amounts.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: amounts.reduce((sum, { memory }) => sum + memory, 0),
  };
}

function amountsOf(amounts: KubeObject): Amounts {
  const amount = (name: string) => readQuantity(text(amounts[name])) ?? 0;
  return { cpu: amount("cpu"), memory: amount("memory") };
}

async function roomsOf(session: Session, name: string | undefined): Promise<ReadonlyMap<string, Amounts>> {
  const ref = { group: "", version: "v1", resource: "nodes" };
  const nodes = name === undefined ? await session.list(ref) : [(await session.get({ ...ref, name })).object];
  return new Map(
    nodes.map((node) => [
      text(record(node["metadata"])["name"]),
      amountsOf(record(record(node["status"])["allocatable"])),
    ]),
  );
}

// The units of `kubectl top`: thousandths of a core, and mebibytes.
function cpuOf({ cpu }: Amounts): string {
  return `${Math.ceil(cpu * 1_000)}m`;
}

function memoryOf({ memory }: Amounts): string {
  return `${Math.ceil(memory / 2 ** 20)}Mi`;
}

function percent(used: number, room: number | undefined): string {
  return room === undefined || room === 0 ? "?" : `${Math.round((used / room) * 100)}%`;
}
