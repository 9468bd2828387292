import type { Pod } from "./controllers/workload.ts";
import { type Fields, fieldsOf, isFields } from "./object.ts";
import { badRequest, type Cause, invalid } from "./status.ts";

/** What containers have said, by the pod's uid and the container's name. */
export class Logs {
  readonly #lines = new Map<string, Line[]>();

  /** Adds a line, at that time in milliseconds since 1970. */
  write(pod: Pod, container: string, text: string, at: number): void {
    const key = keyOf(pod, container);
    const lines = this.#lines.get(key) ?? [];
    lines.push({ at, text });
    this.#lines.set(key, lines);
  }

  /** The log of a pod goes with it. */
  forget(uid: string): void {
    for (const key of this.#lines.keys()) if (key.startsWith(`${uid}/`)) this.#lines.delete(key);
  }

  /** The part of a container's log that the query asks for, as the API server and the kubelet behind it answer. */
  read(pod: Pod, query: URLSearchParams, now: number): string {
    const numbers = demandNumbers(pod, query);
    const container = chosen(pod, query.get("container"));
    if (isUnstarted(pod, container)) return "";
    if (isSet(query, "previous"))
      throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
    const { tailLines, sinceSeconds, limitBytes } = numbers;
    const since = sinceSeconds === undefined ? Number.NEGATIVE_INFINITY : now - sinceSeconds * 1000;
    const all = (this.#lines.get(keyOf(pod, container)) ?? []).filter(({ at }) => at >= since);
    const kept = tailLines === undefined ? all : all.slice(Math.max(0, all.length - tailLines));
    const stamp = (at: number) => (isSet(query, "timestamps") ? `${new Date(at).toISOString()} ` : "");
    const text = Buffer.from(kept.map(({ at, text: line }) => `${stamp(at)}${line}\n`).join(""));
    return text.subarray(0, limitBytes ?? text.length).toString("utf8");
  }
}

interface Line {
  readonly at: number;
  readonly text: string;
}

const least = { tailLines: 0, sinceSeconds: 1, limitBytes: 1 } as const;
type Numbers = Partial<Record<keyof typeof least, number>>;

function demandNumbers({ metadata: { name } }: Pod, query: URLSearchParams): Numbers {
  const numbers: Numbers = {};
  const causes: Cause[] = [];
  for (const field of ["sinceSeconds", "tailLines", "limitBytes"] as const) {
    const text = query.get(field);
    if (text === null || text === "") continue;
    if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const value = Number(text);
    const rule = field === "tailLines" ? "must be greater than or equal to 0" : "must be greater than 0";
    numbers[field] = value;
    if (value < least[field])
      causes.push({ reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${rule}`, field });
  }
  if (causes.length > 0) throw invalid({ kind: "PodLogOptions", group: "" }, name, causes);
  return numbers;
}

function chosen({ metadata: { name }, spec }: Pod, asked: string | null): string {
  const names = [...(spec.initContainers ?? []), ...spec.containers].map((container) => container.name);
  if (asked) {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only] = spec.containers;
  if (only && names.length === 1) return only.name;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(" ")}]`);
}

/** A pod that is on no node yet has an empty log; a container that waits on one is refused with 400. */
function isUnstarted({ metadata, spec, status }: Pod, container: string): boolean {
  if (spec.nodeName === undefined) return true;
  const known = (Array.isArray(status["containerStatuses"]) ? status["containerStatuses"] : []).filter(isFields);
  const state: Fields = fieldsOf(known.find(({ name }) => name === container)?.["state"]);
  if ("running" in state || "terminated" in state) return false;
  const { reason = "ContainerCreating" } = fieldsOf(state["waiting"]);
  // The kubelet's words for what cannot be pulled (kuberuntime, GetContainerLogs).
  const why = reason === "ErrImagePull" ? "trying and failing to pull image" : String(reason);
  throw badRequest(`container "${container}" in pod "${metadata.name}" is waiting to start: ${why}`);
}

function isSet(query: URLSearchParams, name: string): boolean {
  return ["1", "true"].includes(query.get(name) ?? "");
}

function keyOf({ metadata }: Pod, container: string): string {
  return `${metadata.uid}/${container}`;
}
