import type { Posted, Showcase, Showing, Shown } from "../../ports.ts";
import { apiFaultOf, codeOf } from "./api-fault.ts";
import type { Log } from "./log.ts";
import type { Recall } from "./recall.ts";
import type { Place, Surface } from "./surface.ts";

/** How long after a call that was not answered Slack is asked again, in ms. */
export const afterNoAnswer = 5_000;

type Recollected = "more" | "no more" | "lease lost" | Shown;

/**
 * Remembers what an earlier holder of the lease posted and did not live to remember, before anything is posted anew: each
 * channel and thread with something missing is looked through once. "more": `posted` has grown. Where Slack does not let
 * us look (no history scope), there is nothing to find, and a message may stand there twice.
 */
export function createRecollection(
  { recall, showcase, log }: { readonly recall: Recall; readonly showcase: Showcase; readonly log: Log },
  showing: Showing,
  posted: Map<string, Posted>,
): (missing: readonly Surface[]) => Promise<Recollected> {
  const { request, unsureSince } = showing;
  const looked = new Set<string>();

  async function remember(found: ReadonlyMap<string, Place>): Promise<Recollected> {
    let more: Recollected = "no more";
    for (const [key, place] of found) {
      if (posted.has(key)) continue;
      // Nobody knows what it shows: unless it is a fact, it is edited to what is so.
      const stands = { ...place, digest: "" };
      posted.set(key, stands);
      if (!(await showcase.put(showing, key, stands))) return "lease lost";
      more = "more";
    }
    return more;
  }

  return async (missing) => {
    if (unsureSince === undefined) return "no more";
    for (const { channel, inThread, under = "thread", ephemeralFor } of missing) {
      const thread = inThread ? posted.get(under)?.ts : undefined;
      const where = `${channel} ${thread ?? ""}`;
      if (ephemeralFor !== undefined || looked.has(where)) continue;
      looked.add(where);
      try {
        const recollected = await remember(await recall.find(request, channel, unsureSince, thread));
        if (recollected !== "no more") return recollected;
      } catch (thrown) {
        const fault = apiFaultOf(thrown);
        log.warn("slack did not let us look for our own messages", { request, code: codeOf(thrown) });
        if (fault.fault !== "refused")
          return { retryAfterMs: fault.fault === "rate-limited" ? fault.retryAfterMs : afterNoAnswer, unsure: true };
      }
    }
    return "no more";
  };
}
