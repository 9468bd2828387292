import type { Logs } from "../../operation/catalogue/logs.ts";
import { ClusterFault, type KubeObject, type LogSlice, type ObjectRef, type Session } from "../../ports/cluster.ts";
import { list, record, text, texts } from "../objects/fields.ts";
import type { Reader } from "./reader.ts";

/** The newest lines of one container. */
export const readLogs: Reader<Logs> = async (session, { target, container, tail, since, previous }) => {
  const { namespace, name } = target;
  const ref = { group: "", version: "v1", resource: "pods", namespace, name };
  const chosen = choose((await session.get(ref)).object, container);
  if (typeof chosen !== "string") return chosen;
  const slice = {
    container: chosen,
    ...(since === undefined ? {} : { sinceSeconds: since }),
    ...(previous ? { previous } : {}),
  };
  try {
    const log = await newest(session, ref, slice, tail);
    const when = since === undefined ? "" : ` in the last ${since} seconds`;
    return { answer: log.trim() === "" ? `The container ${chosen} of ${name} has written nothing${when}.` : log };
  } catch (fault) {
    // The container is not there yet, or there was no run before.
    if (fault instanceof ClusterFault && fault.code === "invalid")
      return { failed: `There is no such log: ${fault.says}` };
    throw fault;
  }
};

/** The annotation that names the container meant when none is named (kubectl). */
const defaultContainer = "kubectl.kubernetes.io/default-container";

function choose(pod: KubeObject, asked: string | undefined): string | { readonly failed: string } {
  const spec = record(pod["spec"]);
  const namesIn = (field: string) => list(spec[field]).map((container) => text(record(container)["name"]));
  const usual = namesIn("containers");
  const all = [...namesIn("initContainers"), ...usual, ...namesIn("ephemeralContainers")];
  const name = text(record(pod["metadata"])["name"]);
  const meant =
    asked ??
    texts(record(pod["metadata"])["annotations"])[defaultContainer] ??
    (usual.length === 1 ? usual[0] : undefined);
  if (meant === undefined)
    return {
      failed: `The pod ${name} has several containers; say which one with --container=NAME: ${all.join(", ")}.`,
    };
  return all.includes(meant)
    ? meant
    : { failed: `The pod ${name} has no container ${meant}; it has ${all.join(", ")}.` };
}

const mostBytes = 1_000_000;

/** What is too many bytes is cut by the kubelet at its newest end: fewer lines are asked for until it is not. */
async function newest(
  session: Session,
  ref: ObjectRef,
  slice: Omit<LogSlice, "tailLines" | "limitBytes">,
  tailLines: number,
): Promise<string> {
  const log = await session.log(ref, { ...slice, tailLines, limitBytes: mostBytes });
  const whole = new TextEncoder().encode(log).length < mostBytes - 4;
  return whole || tailLines === 1 ? log : newest(session, ref, slice, Math.ceil(tailLines / 4));
}
