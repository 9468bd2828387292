import { nameOf, type Operation } from "./operation.ts";

/**
 * What a person must type before they say yes, letter by letter, so that no habit of clicking does it: the name of what is
 * removed or drained. Undefined where nothing is.
 */
export function nameToType(operation: Operation): string | undefined {
  if (operation.kind === "runbook") return operation.steps.some(isDestructive) ? operation.name : undefined;
  return isDestructive(operation) ? nameOf(operation) : undefined;
}

function isDestructive({ kind }: Operation): boolean {
  return kind === "drain" || kind.startsWith("delete-");
}
