import { readableOf } from "../../operation/catalogue/readable.ts";
import type { Get } from "../../operation/catalogue/reads.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import { columns } from "./columns.ts";
import type { Reader } from "./reader.ts";
import { table } from "./table.ts";

/** The objects of one kind in a table, as `kubectl get` shows them. */
export const readGet: Reader<Get> = async (session, { namespace, name, resource, cluster }, now) => {
  const kind = readableOf(resource);
  if (kind === undefined) throw new Error(`${resource} cannot be read`);
  const { group, version } = objectKinds[kind];
  const ref = { group, version, resource, ...(namespace === undefined ? {} : { namespace }) };
  const objects = name === undefined ? await session.list(ref) : [(await session.get({ ...ref, name })).object];
  const where = namespace === undefined ? `cluster ${cluster}` : `namespace ${namespace}`;
  if (objects.length === 0) return { answer: `No ${resource} in the ${where}.` };
  const { head, row } = columns[kind];
  return { answer: table([head, ...objects.map((object) => row(object, now))]) };
};
