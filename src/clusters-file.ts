import { readFileSync } from "node:fs";
import { z } from "zod";
import { codeOf } from "./environment.ts";
import { readYaml } from "./policy/yaml-document.ts";

/** A cluster is called by an RFC 1123 label: it stands in the names of queues and keys. */
export const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const labelWords = "a cluster's name has lower-case letters, digits and dashes";

const clustersSchema = z.strictObject({
  clusters: z.record(
    z.string().regex(label, labelWords),
    z.strictObject({
      /** Absent: the worker runs in that cluster, as its own service account. */
      kubeconfig: z.string().optional(),
      context: z.string().optional(),
      operationsNamespace: z.string().default("countersign-operations"),
    }),
  ),
});

/** How the worker reaches one cluster. */
export type ClusterSettings = z.infer<typeof clustersSchema>["clusters"][string];

/** The clusters of a mounted file; what is wrong with it is added to `faults`, with its place. */
export function readClusters(
  faults: string[],
  file: string | undefined,
): ReadonlyMap<string, ClusterSettings> | undefined {
  if (file === undefined) return undefined;
  try {
    const reading = readYaml(readFileSync(file, "utf8"), clustersSchema);
    if ("value" in reading) return new Map(Object.entries(reading.value.clusters));
    faults.push(...reading.faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`));
  } catch (fault) {
    faults.push(`COUNTERSIGN_CLUSTERS_FILE: ${file} cannot be read (${codeOf(fault)})`);
  }
  return undefined;
}
