import type { Operation } from "../operation/operation.ts";
import type { Circumstances, DecisionFacts, Policy } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { Origin } from "./asked.ts";
import type { Desk } from "./desk.ts";
import { factsOf } from "./facts.ts";
import { unusualOf } from "./unusual.ts";

/** What the facts are read from. */
export type Sight = Pick<Desk, "policy" | "store" | "attestor" | "directory" | "slackGroups">;

/** When and where something was asked; moments in milliseconds since 1970, by Redis's clock. */
interface Moment {
  readonly origin: Origin;
  readonly askedAt: number;
  /** The moment to decide about. */
  readonly now: number;
  /** Whoever asks said that they break the glass. */
  readonly breakGlass?: true;
}

/** The facts of a request as the web process sees them at that moment. */
export async function factsNow(
  sight: Sight,
  about: Moment & { readonly subject: Subject; readonly operation: Operation; readonly plan: DecisionFacts["plan"] },
): Promise<DecisionFacts> {
  const { subject, operation, plan } = about;
  const bare = factsOf(operation, subject, plan);
  const namespaces = [bare, ...(bare.runbook?.steps ?? [])].flatMap((facts) => facts.namespaces);
  const { cluster } = operation;
  return factsOf(operation, subject, plan, await circumstancesOf(sight, { ...about, cluster, namespaces }));
}

/** What is decided on beside who asks for what. Records and Slack are asked only where the policy wants to know. */
export async function circumstancesOf(
  sight: Sight,
  asked: Moment & { readonly subject: Subject; readonly cluster: string; readonly namespaces: readonly string[] },
): Promise<Circumstances> {
  const { now, origin, breakGlass } = asked;
  const slackGroups = await slackGroupsNow(sight, asked);
  return {
    ...{ now, channel: origin.channel },
    ...(breakGlass ? { breakGlass } : {}),
    ...(wantsHabits(sight.policy.current())
      ? { unusual: await unusualOf(sight, { ...asked, subject: asked.subject.sub }) }
      : {}),
    ...(slackGroups.length > 0 ? { slackGroups } : {}),
  };
}

/** Of the account that it was asked in, while that still speaks for the requester. */
async function slackGroupsNow(
  { policy, directory, slackGroups }: Sight,
  { subject, origin }: { readonly subject: Subject; readonly origin: Origin },
): Promise<readonly string[]> {
  const wanted = Object.entries(policy.current().slackGroups ?? {});
  if (wanted.length === 0) return [];
  if ((await directory.bySlack(origin.team, origin.user))?.sub !== subject.sub) return [];
  const listed = await Promise.all(wanted.map(([, group]) => slackGroups.lists(group, origin)));
  return wanted.filter((_, i) => listed[i]).map(([name]) => name);
}

function wantsHabits({ raise }: Policy): boolean {
  return raise.some(({ when }) => when?.about.has("unusual"));
}
