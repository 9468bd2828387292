import { readFileSync } from "node:fs";
import { z } from "zod";
import { codeOf } from "../environment.ts";
import { readYaml } from "../policy/yaml-document.ts";
import { label, labelWords } from "./fields.ts";

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

export type ClusterSettings = z.infer<typeof clustersSchema>["clusters"][string];
/** The clusters that the file names; what is wrong with it goes to `faults`. */
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
