import type { Elevations } from "../../operation/catalogue/elevations.ts";
import { elevationLabel, expiresAnnotation, requesterAnnotation } from "../../operation/elevation.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, record, text, texts } from "../objects/fields.ts";
import { requestAnnotation } from "../objects/stamp.ts";
import type { Reader } from "./reader.ts";
import { age, table } from "./table.ts";

/** Who holds which role for a while, as the cluster itself has it; whose end is next comes first. */
export const readElevations: Reader<Elevations> = async (session, { namespace, cluster }, now) => {
  const resource = { group: "rbac.authorization.k8s.io", version: "v1", resource: "rolebindings" };
  const ref = namespace === undefined ? resource : { ...resource, namespace };
  const found = await session.list(ref, { labels: { [elevationLabel]: "true" } });
  const where = namespace === undefined ? `cluster ${cluster}` : `namespace ${namespace}`;
  if (found.length === 0) return { answer: `Nobody holds a role for a while in the ${where}.` };
  const rows = found.map(viewOf).toSorted((one, other) => one.expires.localeCompare(other.expires));
  return {
    answer: table([
      ["REQUEST", "NAMESPACE", "ROLE", "HOLDER", "REQUESTER", "ENDS"],
      ...rows.map(({ expires, ...row }) => [...Object.values(row), endOf(expires, now)]),
    ]),
  };
};

function viewOf(object: KubeObject) {
  const metadata = record(object["metadata"]);
  const annotations = texts(metadata["annotations"]);
  const holders = list(object["subjects"]).map(record);
  return {
    request: annotations[requestAnnotation] ?? "?",
    namespace: text(metadata["namespace"]),
    role: text(record(object["roleRef"])["name"]),
    holder: holders.map(({ kind, name }) => `${text(kind).toLowerCase()} ${text(name)}`).join(", "),
    requester: annotations[requesterAnnotation] ?? "?",
    expires: annotations[expiresAnnotation] ?? "",
  };
}

/** `in 12m`, or that it ought to be over. */
function endOf(expires: string, now: number): string {
  const at = Date.parse(expires);
  if (Number.isNaN(at)) return "unknown: ended at once";
  // The other way round: how old now will be then.
  return at > now ? `in ${age(new Date(now).toISOString(), at)}` : "now";
}
