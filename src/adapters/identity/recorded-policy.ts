import type { PolicySource, Trail } from "../../ports.ts";
import { FaultyFile, filePolicy } from "./files.ts";

/**
 * The policy from a mounted YAML file, with an audit entry for each revision that is taken into use or refused. Every
 * decision names its revision, so an entry that could not be written is a fault, and hides nothing.
 */
export function recordedPolicy(
  file: string,
  trail: Pick<Trail, "append">,
  onFault: (fault: unknown) => void,
): PolicySource {
  const append = (event: Parameters<Trail["append"]>[0]) => void trail.append(event).catch(onFault);
  let refused: string | undefined;
  return filePolicy(
    file,
    (fault, { revision: stays }) => {
      onFault(fault);
      // A file that is gone is missed at every decision.
      const why = whyOf(fault);
      if (why !== refused) append({ kind: "policy.refused", stays, why });
      refused = why;
    },
    ({ revision }, { revision: was }) => {
      refused = undefined;
      // Touched, and the same.
      if (revision !== was) append({ kind: "policy.taken", revision, was });
    },
  );
}

/** The first fault, without the file's path: where it lies is the host's business. */
function whyOf(fault: unknown): string {
  if (!(fault instanceof FaultyFile)) return "the file cannot be read";
  const [first = "", ...more] = fault.faults;
  const place = first.slice(first.search(/:\d+:\d+: /) + 1);
  return more.length > 0 ? `${place} (and ${more.length} more)` : place;
}
