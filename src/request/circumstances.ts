import type { Operation } from "../operation/operation.ts";
import type { Circumstances, DecisionFacts, Policy } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { Desk } from "./desk.ts";
import { factsOf } from "./facts.ts";
import { unusualOf } from "./unusual.ts";

type Records = Pick<Desk, "policy" | "store" | "attestor">;

/** When and where something was asked; moments in milliseconds since 1970, by Redis's clock. */
interface Moment {
  /** The Slack channel it was asked in, by id. */
  readonly channel: string;
  readonly askedAt: number;
  /** The moment to decide about. */
  readonly now: number;
  /** Whoever asks said that they break the glass. */
  readonly breakGlass?: true;
}

/** The facts of a request as the web process sees them at that moment. */
export async function factsNow(
  records: Records,
  about: Moment & { readonly subject: Subject; readonly operation: Operation; readonly plan: DecisionFacts["plan"] },
): Promise<DecisionFacts> {
  const { subject, operation, plan } = about;
  const bare = factsOf(operation, subject, plan);
  const namespaces = [bare, ...(bare.runbook?.steps ?? [])].flatMap((facts) => facts.namespaces);
  const { cluster } = operation;
  return factsOf(operation, subject, plan, await circumstancesOf(records, { ...about, cluster, namespaces }));
}

/** What is decided on beside who asks for what. The records are asked only where the policy wants to know. */
export async function circumstancesOf(
  { policy, store, attestor }: Records,
  asked: Moment & { readonly subject: Subject; readonly cluster: string; readonly namespaces: readonly string[] },
): Promise<Circumstances> {
  const { now, channel, breakGlass } = asked;
  const said = { now, channel, ...(breakGlass ? { breakGlass } : {}) };
  if (!wantsHabits(policy.current())) return said;
  return { ...said, unusual: await unusualOf({ store, attestor }, { ...asked, subject: asked.subject.sub }) };
}

function wantsHabits({ raise }: Policy): boolean {
  return raise.some(({ when }) => when?.about.has("unusual"));
}
