import { entryOf } from "./catalogue.ts";
import { namespaceOf, type Operation } from "./operation.ts";

/** What is asked in one line of words: "Restart api in prod, cluster demo". */
export function headlineOf(operation: Operation): string {
  const namespace = namespaceOf(operation);
  const where = namespace === undefined ? "" : ` in ${namespace}`;
  return `${entryOf(operation).headline(operation)}${where}, cluster ${operation.cluster}`;
}
