import type { Unusual } from "../policy/policy.ts";
import type { Attestor, RequestStore } from "../ports.ts";
import { isAsGranted } from "./as-granted.ts";
import { placesOf } from "./facts.ts";
import type { Finished, Request } from "./request.ts";

/** How many earlier changes of a person are looked at. */
const remembered = 100;
const hour = 3_600_000;
const day = 24 * hour;

/**
 * How unusual it would be for this person to change something there, by their own earlier changes that succeeded. What
 * we did not sign as granted never happened: whoever writes to Redis makes nothing usual.
 */
export async function unusualOf(
  { store, attestor }: { readonly store: Pick<RequestStore, "read" | "changesOf">; readonly attestor: Attestor },
  asked: {
    readonly subject: string;
    readonly cluster: string;
    readonly namespaces: readonly string[];
    readonly askedAt: number;
  },
): Promise<Unusual> {
  const ids = await store.changesOf(asked.subject, remembered);
  const stored = await Promise.all(ids.map((id) => store.read(id)));
  const earlier = stored.flatMap((one) => (one && didChange(one.request, asked.subject) ? [one.request] : []));
  const known = earlier.filter((request) => isAsGranted({ attestor }, request));
  const there = new Set(
    known
      .filter(({ operation }) => operation.cluster === asked.cluster)
      .flatMap(({ operation, plan }) => {
        const places = placesOf(operation, plan.facts);
        return places.length > 0 ? places : [nowhere];
      }),
  );
  const places = asked.namespaces.length > 0 ? asked.namespaces : [nowhere];
  return {
    firstInNamespace: !places.every((place) => there.has(place)),
    outsideTheirHours: !known.some(({ askedAt }) => isWithinAnHour(askedAt, asked.askedAt)),
  };
}

/** What belongs to no namespace, such as a node, is a place of its own. */
const nowhere = "";

function didChange(request: Request, subject: string): request is Finished {
  return request.state === "succeeded" && request.requester === subject;
}

/** Whether two moments lie within an hour of each other by the time of day. */
function isWithinAnHour(one: number, other: number): boolean {
  const apart = Math.abs((one % day) - (other % day));
  return Math.min(apart, day - apart) <= hour;
}
