import { readFileSync } from "node:fs";
import { readPolicy } from "../policy/document.ts";
import type { DocumentFault } from "../policy/yaml-document.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";

/** `countersign policy check FILE`: every fault of a policy with its place; exits 1 when there is one. */
export async function checkPolicy(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageFault("which file? `countersign policy check FILE`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one file at a time`);
  const policy = readPolicy(readFileSync(file, "utf8"));
  if ("faults" in policy) {
    process.stdout.write(placed(file, policy.faults));
    return ending.ill;
  }
  const { tiers, permit, raise, revision } = policy;
  const counts = `${tiers.length} tiers, ${permit.length} permits, ${raise.length} raises`;
  process.stdout.write(`${file}: no fault. ${counts}; revision ${revision}\n`);
  return ending.well;
}

/** Reads a document, or throws with everything that is wrong with it, each with its place. */
export function readDocument<T extends object>(
  file: string,
  by: (text: string) => T | { readonly faults: readonly DocumentFault[] },
): T {
  const value = by(readFileSync(file, "utf8"));
  if ("faults" in value) throw new Error(placed(file, value.faults).trimEnd());
  return value;
}

function placed(file: string, faults: readonly DocumentFault[]): string {
  return faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}\n`).join("");
}
