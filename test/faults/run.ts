import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "../../src/audit/chain.ts";
import type { KnownHead } from "../../src/audit/verify.ts";
import { isChange } from "../../src/operation/operation.ts";
import { isOver, type Request } from "../../src/request/request.ts";
import type { Lab } from "../lab/lab.ts";
import { alice } from "../lab/people.ts";
import { seededChance } from "./chance.ts";
import { check, type Violation } from "./checker.ts";
import { gather } from "./crowd.ts";
import { cancel } from "./deeds.ts";
import { errandsOf } from "./errands.ts";
import { type Eyes, openEyes } from "./eyes.ts";
import { keepHerd } from "./herd.ts";
import type { Effect, History, RecordedRequest, ShownRequest } from "./history.ts";
import { begin, type Load } from "./load.ts";
import { type Toll, unleash } from "./nemesis.ts";
import type { RunOptions } from "./options.ts";
import { callUpReserve } from "./reserve.ts";
import { scheduleOf } from "./schedule.ts";
import { leaseSeconds, podName, type Stage, startStage, targetName } from "./stage.ts";
import { hireThief } from "./thief.ts";
import type { Tally } from "./weather.ts";

/** What a run came to, all of it counted. */
export interface Run {
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly toll: Toll;
  readonly weather: Readonly<Tally>;
  /** How often somebody else changed an object. */
  readonly meddled: number;
  readonly accepted: number;
  readonly repeated: number;
  /** Processes that ended by themselves, and those that never came to serve. */
  readonly fallen: number;
  readonly stillborn: number;
  /** Processes whose wall clock was wrong by more than a minute, as their audit entries show. */
  readonly skewed: number;
  /** How long it took from the last misfortune until all was over, in ms. */
  readonly settledMs: number;
}

/**
 * So long nothing may become over or be shown until nothing more is waited for: longer than the lease on showing a
 * request, which a killed web process leaves behind, and than a grant lives. A long run leaves a queue before Slack.
 */
const settleMs = 120_000;
const pollMs = 500;
/** How much acknowledged time a forgetful Redis loses, in ms. */
const forgetMs = 1_000;
/** So long a thief's work has to come to something before the requester clears up after it. */
const afterTheft = 3_000;

/** Plays one run from the first process to the last, and judges it. */
export async function run(options: RunOptions, say: (line: string) => void): Promise<Run> {
  const { seed, seconds, requests } = options;
  const targets = Math.min(60, Math.max(8, Math.ceil(requests / 6)));
  const pairs = Math.min(4, Math.max(2, Math.ceil(requests / seconds)));
  say("starting the processes");
  const stage = await startStage(options, targets);
  await using closing = new AsyncDisposableStack();
  closing.defer(() => stage.close());
  const { lab, double, weather, others, redis } = stage;
  const schedule = scheduleOf(seed, seconds, leaseSeconds * 1_000);
  say("loading the workers that replace the killed");
  const reserve = await callUpReserve(lab, schedule.filter(({ kind }) => kind === "kill-worker").length);
  closing.defer(() => reserve.close());
  const workers = keepHerd(stage, "worker", () => lab.workers, reserve);
  const webs = keepHerd(stage, "web", () => lab.webs);
  closing.defer(() => Promise.all([workers.retire(), webs.retire()]).then(() => undefined));
  const thief = hireThief(lab);
  closing.defer(() => thief.close());
  say("gathering the people");
  const crowd = await gather(lab, pairs);
  const eyes = openEyes(lab.slack, alice);
  closing.defer(() => eyes.close());
  const heads = watchHeads(lab);
  closing.defer(() => heads.stop());

  const chance = seededChance(seed, "people");
  const load = begin({
    lab,
    crowd,
    eyes,
    errands: errandsOf(seed, { seconds, requests, targets, pairs }),
    doing: { chance },
    targets: Array.from({ length: targets }, (_, i) => ({
      name: targetName(i),
      pod: podName(i),
      replicas: () => double.snapshot().find(({ name }) => name === targetName(i))?.replicas ?? 0,
    })),
    async onStolen(request, { theft, pair }) {
      if (!theft) return;
      await thief.steal(request, theft, crowd.pairs[pair]?.[0].sub ?? "");
      await sleep(afterTheft);
      const { thread } = eyes.of(request);
      if (thread) await cancel({ lab, chance, repeated: () => undefined }, crowd.requester, thread);
    },
  });
  say(`letting everything break for ${seconds} s`);
  weather.rough = true;
  const forgets = options.forgetful ? forgetMs : 0;
  const [toll] = await Promise.all([
    unleash(schedule, { workers, webs, redis, forgetMs: forgets }, seconds),
    others.work(seconds * 1_000),
  ]);
  weather.rough = false;
  say("letting it settle");
  const began = performance.now();
  await Promise.all([workers.whole(), webs.whole()]);
  const records = await settle(lab, load, eyes, thief.forged);
  const settledMs = performance.now() - began;

  const history: History = {
    effects: effectsIn(stage),
    records: new Map([...records].map(([id, request]) => [id, recorded(request)])),
    shown: new Map([...records.keys()].map((id) => [id, shownOf(id, eyes, load)])),
    told: eyes.whispered,
    forged: thief.forged,
    trail: await wholeTrail(lab),
    heads: heads.seen,
  };
  return {
    history,
    violations: await check(history),
    toll,
    weather: weather.tally,
    meddled: others.made,
    accepted: load.accepted,
    repeated: load.repeated,
    fallen: workers.fallen + webs.fallen,
    stillborn: workers.stillborn + webs.stillborn,
    skewed: skewedIn(history),
    settledMs,
  };
}

/** Waits until every request is over and shown, or nothing more can be waited for; answers all records. */
async function settle(
  lab: Lab,
  load: Load,
  eyes: Eyes,
  forged: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Request>> {
  const records = new Map<string, Request>();
  let least = Number.POSITIVE_INFINITY;
  for (let end = performance.now() + settleMs; ; await sleep(pollMs)) {
    await load.done();
    let open = 0;
    for (const id of await lab.store.of(alice.sub, 1_000_000)) {
      const known = records.get(id);
      const request = known && isOver(known) && known.state !== "unknown" ? known : (await lab.store.read(id))?.request;
      if (!request) continue;
      records.set(id, request);
      if (!forged.has(id) && !isSettled(request, load, eyes)) open += 1;
    }
    if (open < least) end = performance.now() + settleMs;
    least = Math.min(least, open);
    if (open === 0 || performance.now() > end) return records;
  }
}

function isSettled(request: Request, load: Load, eyes: Eyes): boolean {
  if (!isOver(request)) return request.state === "awaiting-approval" && load.decided.has(request.id);
  if (!isChange(request.operation)) return true;
  const word = new RegExp(`^${request.state}`, "i");
  return (
    word.test(eyes.of(request.id).ends.at(-1) ?? "") && eyes.standing(request.id).toLowerCase().includes(request.state)
  );
}

/** What the operations' accounts changed, by the API server's own history and the names that the calls carried. */
function effectsIn({ double }: Stage): readonly Effect[] {
  const ours = /^system:serviceaccount:countersign-operations:(countersign-.+)$/;
  return double.history.flatMap((entry) => {
    const { at, user, changed, verb, resource, subresource, namespace, name, uid = "", request = "" } = entry;
    const account = ours.exec(user)?.[1];
    if (!changed || account === undefined) return [];
    const call = `${verb} ${subresource === "" ? resource : `${resource}/${subresource}`}`;
    const on = verb === "patch" && entry.versionBefore !== undefined ? { onVersion: entry.versionBefore } : {};
    return [{ request, at, account, call, object: `${namespace}/${name}`, uid, ...on }];
  });
}

async function wholeTrail(lab: Lab): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of lab.trail.entries()) entries.push(entry);
  return entries;
}

function recorded(request: Request): RecordedRequest {
  const { id, operation, state } = request;
  const object = "plan" in request ? request.plan?.object : undefined;
  return {
    id,
    state,
    changes: isChange(operation),
    account: `countersign-${operation.kind}`,
    object: object ? [object.namespace, object.name].filter(Boolean).join("/") : "",
    uid: object?.uid ?? "",
    says: "outcome" in request ? request.outcome.says : "ended" in request ? request.ended.why : "",
  };
}

function shownOf(id: string, eyes: Eyes, load: Load): ShownRequest {
  const { ends, number } = eyes.of(id);
  return {
    ends,
    standing: eyes.standing(id),
    approvals: number === undefined ? [] : (load.approvals.get(number) ?? []),
  };
}

function skewedIn({ trail }: History): number {
  const wrong = trail.flatMap(({ time, body }) => {
    const { writer, clock } = JSON.parse(body) as { writer: string; clock: number };
    return Math.abs(clock - time) > 60_000 ? [writer] : [];
  });
  return new Set(wrong).size;
}

/** Looks at the head of the trail each second: what stood there once must stand there for ever. */
function watchHeads(lab: Lab): { readonly seen: readonly KnownHead[]; stop(): void } {
  const seen: KnownHead[] = [];
  const looking = setInterval(() => {
    lab.trail.head().then(
      (head) => seen.push(head),
      () => undefined,
    );
  }, 1_000);
  return { seen, stop: () => clearInterval(looking) };
}
