import { verifyTrail } from "../../src/audit/verify.ts";
import type { State } from "../../src/request/request.ts";
import { byRequest, type Effect, type History, type RecordedRequest, type Told } from "./history.ts";

/** The promises that a run can break. */
export type Broken =
  /** One request changed the same thing twice, or one command became two requests. */
  | "duplicated"
  /** Something approved or acknowledged is neither over nor to be found. */
  | "lost"
  /** The record, or Slack, says other than what is so in the cluster; or what was done had no leave. */
  | "contradiction"
  /** Nobody was told that a person must look. */
  | "unsurfaced"
  /** What a thief wrote has run. */
  | "forged"
  | "chain";

/** One promise broken, with what is known of how. */
export interface Violation {
  readonly broken: Broken;
  readonly request: string;
  readonly says: string;
}

/** Every promise that this history breaks; none for a run that went as it must. */
export async function check(history: History): Promise<readonly Violation[]> {
  const told = byRequest(history.trail);
  const effects = Map.groupBy(history.effects, ({ request }) => request);
  const chain = await verifyTrail(history.trail, history.heads);
  return [
    ...chain.faults.map(({ seq, says }): Violation => ({ broken: "chain", request: `entry ${seq}`, says })),
    ...[...effects].flatMap(([request, done]) => [...ofEffects(history, request, done, told.get(request) ?? [])]),
    ...[...history.records.values()].flatMap((record) =>
      history.forged.has(record.id)
        ? []
        : [...ofRecord(record, effects.get(record.id) ?? [], history, told.get(record.id) ?? [])],
    ),
    ...missing(history, told),
    ...askedTwice(told),
  ];
}

/** What was done for one request: at most once, and never without leave. */
function* ofEffects(
  { records, forged }: History,
  request: string,
  effects: readonly Effect[],
  told: readonly Told[],
): Generator<Violation> {
  for (const [what, same] of Map.groupBy(effects, ({ call, object, uid }) => `${call} ${object} ${uid}`))
    for (const again of same.slice(1))
      yield { broken: "duplicated", request, says: `${what} had its effect again at ${timeOf(again.at)}` };
  if (forged.has(request)) {
    yield {
      broken: "forged",
      request,
      says: `nobody approved it, and ${effects[0]?.call} ${effects[0]?.object} had its effect`,
    };
    return;
  }
  const record = records.get(request);
  if (!record)
    yield {
      broken: "contradiction",
      request,
      says: `${effects[0]?.call} ${effects[0]?.object}: the cluster was changed for no request`,
    };
  for (const { call, object, uid, at, account, onVersion } of effects) {
    const says = (what: string): Violation => ({ broken: "contradiction", request, says: `${call} ${object} ${what}` });
    const before = told.filter(({ time }) => time <= at);
    const kinds = new Set(before.map(({ event }) => event.kind));
    const asked = before.findLast(({ event }) => event.kind === "approval.given")?.event;
    if (asked?.kind !== "approval.given" || asked.count < Math.max(1, asked.of))
      yield says("had its effect without a quorum");
    if (!kinds.has("grant.signed")) yield says("had its effect without a grant");
    if (!kinds.has("execution.intent")) yield says("had its effect before its intent was durable");
    if (record && account !== record.account) yield says(`was made by ${account}`);
    if (record && object !== record.object) yield says(`is about another object than ${record.object}`);
    if (record && uid !== record.uid) yield says(`was made on ${uid}, and approved for ${record.uid}`);
    const intended = before.flatMap(({ event }) => (event.kind === "execution.intent" ? [event.resourceVersion] : []));
    if (onVersion !== undefined && !intended.includes(onVersion))
      yield says(`was made on version ${onVersion}, and intended for ${intended.join(", ") || "none"}`);
  }
}

const never: ReadonlySet<State> = new Set(["denied", "cancelled", "expired", "conflict"]);
const over: ReadonlySet<State> = new Set([...never, "succeeded", "failed", "unknown", "settled"]);

/** What the record of one request says, held against the cluster and against Slack. */
function* ofRecord(
  record: RecordedRequest,
  effects: readonly Effect[],
  history: History,
  told: readonly Told[],
): Generator<Violation> {
  const { id: request, state, says, changes } = record;
  const done = effects.length;
  const contradicts = (what: string): Violation => ({
    broken: "contradiction",
    request,
    says: `${state} (${says}), ${what}`,
  });
  if (state === "succeeded" && changes && done === 0 && !ownsDoubt(says)) yield contradicts("and nothing was changed");
  if (!changes && done > 0) yield contradicts("a read, and the cluster was changed");
  if (never.has(state) && done > 0) yield contradicts("and the cluster was changed");
  if (state === "failed" && done > 0 && !saysMade(says)) yield contradicts("and the cluster was changed");
  if (state === "failed" && done === 0 && saysMade(says)) yield contradicts("and nothing was changed");

  const shown = history.shown.get(request);
  const granted = told.some(({ event }) => event.kind === "grant.signed");
  if (!over.has(state)) {
    if (granted || state === "planning") yield { broken: "lost", request, says: `it is ${state} still` };
  } else if (changes) {
    const word = wordOf(state);
    if (shown?.ends.at(-1) !== word || !shown.standing.includes(word))
      yield {
        broken: state === "unknown" ? "unsurfaced" : "contradiction",
        request,
        says: `it is ${state}, and Slack shows ${shown?.ends.join(", ") || "no end"} under "${shown?.standing ?? ""}"`,
      };
  }
  for (const subject of shown?.approvals ?? [])
    if (!told.some(({ event }) => event.kind === "approval.given" && event.subject === subject))
      yield { broken: "lost", request, says: `${subject} was told that their approval is recorded, and it is not` };
}

/** What somebody was told of, or the trail knows, must have a record. */
function* missing(
  { records, told: ids, forged }: History,
  told: ReadonlyMap<string, readonly Told[]>,
): Generator<Violation> {
  for (const request of new Set([...ids, ...told.keys()]))
    if (request !== "" && !records.has(request) && !forged.has(request))
      yield { broken: "lost", request, says: "there is no record of it" };
}

/** One command is one request, however often Slack delivers it: each reason of a run is given once. */
function* askedTwice(told: ReadonlyMap<string, readonly Told[]>): Generator<Violation> {
  const asked = [...told.values()].flat().flatMap(({ event }) => (event.kind === "request.asked" ? [event] : []));
  for (const [reason, same] of Map.groupBy(asked, (event) => event.reason))
    if (/^load \d+$/.test(reason))
      for (const again of same.slice(1))
        yield { broken: "duplicated", request: again.request, says: `"${reason}" was asked for twice` };
}

/** Whether an outcome owns that what was wanted is so, and that nobody can tell who did it. */
function ownsDoubt(says: string): boolean {
  return says.includes("nothing shows whether by this request or by somebody else");
}

/** Whether an outcome owns that the change itself was made. */
function saysMade(says: string): boolean {
  return says.startsWith("The change was made");
}

function wordOf(state: State): string {
  return `${state[0]?.toUpperCase()}${state.slice(1)}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
