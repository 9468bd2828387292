import { canonical, sha256 } from "../../audit/canonical.ts";
import { refuse } from "../../operation/refusal.ts";
import type { Posted, RequestStore, Showcase, Showing, Shown } from "../../ports.ts";
import type { Brake } from "../../request/brake.ts";
import { isOver, type Request } from "../../request/request.ts";
import { apiFaultOf, codeOf } from "./api-fault.ts";
import type { Log } from "./log.ts";
import type { Members } from "./members.ts";
import { bare, type Outbox } from "./outbox.ts";
import type { Recall } from "./recall.ts";
import { afterNoAnswer, createRecollection } from "./recollect.ts";
import type { Surface } from "./surface.ts";
import { surfacesOf } from "./surfaces.ts";

export interface Shower {
  /** Makes what Slack shows of a request match its record. May be called at any time, by any number of processes. */
  show(request: string): Promise<void>;
  /** Rounds under way end after the call they are in. */
  stop(): void;
}

export interface ShowerPorts {
  readonly showcase: Showcase;
  readonly store: RequestStore;
  readonly outbox: Outbox;
  readonly recall: Recall;
  readonly brake: Pick<Brake, "standing">;
  readonly members: Pick<Members, "refuseChannel">;
  readonly log: Log;
}

// A round ends before its lease: the longest call takes 10 s, and asking Redis again 5 s. A process that dies keeps
// everybody else from showing the request for so long.
const lease = 20_000;
const round = 4_000;
/** chat.postMessage takes one a second and channel, chat.update 50 a minute (facts/slack.md section 3). */
const postEvery = 1_000;
const progressEvery = 1_200;
const napping = 300;
const afterRefusal = 30_000;
/** Where a request is long over and Slack still refuses, it will not change its mind. */
const givenUpAfter = 3_600_000;

type Done = Shown | "lease lost";

/** One message to post, or to edit where it stands. */
interface Step {
  readonly surface: Surface;
  readonly standing: Posted | undefined;
}

export function createShower(
  ports: ShowerPorts,
  settings: { readonly approvalsChannel: string; readonly pace: boolean },
): Shower {
  const { showcase, store, log } = ports;
  let stopping = false;

  async function makeTrue(showing: Showing): Promise<Done> {
    const posted = new Map(Object.entries(showing.posted));
    const refused = new Set<string>();
    const pace = createPace(showcase, settings.pace);
    const end = performance.now() + round;
    const recollect = createRecollection(ports, showing, posted);
    while (!stopping && performance.now() < end) {
      // Read before each call: buttons never lag behind the record by more than one message.
      const stored = await store.read(showing.request);
      if (!stored) return { shown: 0 };
      const { request, version, now } = stored;
      const surfaces = surfacesOf(request, settings.approvalsChannel, await ports.brake.standing());
      const steps = stepsOf(surfaces, posted, refused);
      if (steps.length === 0)
        return refused.size === 0 || longOver(request, now) ? { shown: version } : { retryAfterMs: afterRefusal };
      const recollected = await recollect(steps.flatMap(({ surface, standing }) => (standing ? [] : [surface])));
      if (recollected === "more") continue;
      if (recollected !== "no more") return recollected;
      const step = await pace.firstDue(steps);
      if (!step) {
        await new Promise((resolve) => setTimeout(resolve, napping));
        continue;
      }
      if (!step.standing && (await isForeign(step.surface, request))) {
        refused.add(step.surface.key);
        continue;
      }
      const done = await take(step, showing, posted, refused);
      if (done) return done;
    }
    return { retryAfterMs: 0 };
  }

  /** Takes one step, and answers only when the round must end with it. */
  async function take(
    { surface, standing }: Step,
    showing: Showing,
    posted: Map<string, Posted>,
    refused: Set<string>,
  ): Promise<Done | undefined> {
    const { key, channel } = surface;
    try {
      const place = await carry(showing.request, surface, standing, posted.get(surface.under ?? "thread")?.ts);
      const stands = { channel: place.channel, ts: place.ts, digest: digestOf(surface) };
      posted.set(key, stands);
      return (await showcase.put(showing, key, stands)) ? undefined : "lease lost";
    } catch (thrown) {
      const fault = apiFaultOf(thrown);
      log.warn("slack did not take a message", { request: showing.request, surface: key, code: codeOf(thrown) });
      if (fault.fault === "rate-limited") {
        await showcase.pause(channel, fault.retryAfterMs);
        return { retryAfterMs: fault.retryAfterMs };
      }
      // It may stand there all the same: whoever comes next looks for it first.
      if (fault.fault === "no-answer") return { retryAfterMs: afterNoAnswer, unsure: true };
      if (standing && fault.code === "message_not_found") posted.delete(key);
      else refused.add(key);
      return undefined;
    }
  }

  /** Whether others may read along in a channel that the policy names; those in which somebody typed were looked at then. */
  async function isForeign({ channel }: Surface, { id, origin }: Request): Promise<boolean> {
    if ([origin.channel, settings.approvalsChannel].includes(channel) || !/^[CG]/.test(channel)) return false;
    const refusal = await ports.members.refuseChannel(channel).catch(() => unasked);
    if (refusal) log.error("nothing is posted in a channel", { request: id, channel, why: refusal.says });
    return refusal !== undefined;
  }

  async function carry(request: string, surface: Surface, standing: Posted | undefined, thread: string | undefined) {
    const send = async (content: Surface) => {
      if (!standing) return ports.outbox.post(request, content, content.inThread ? thread : undefined);
      await ports.outbox.edit(content, standing);
      return standing;
    };
    try {
      return await send(surface);
    } catch (thrown) {
      const fault = apiFaultOf(thrown);
      if (fault.fault !== "refused" || !aboutBlocks.includes(fault.code)) throw thrown;
      log.error("slack finds fault with our blocks", { surface: surface.key, code: fault.code });
      return send(bare(surface));
    }
  }

  return {
    async show(request) {
      const showing = await showcase.take(request, lease);
      // Another process shows it; it reads the record again before it lets go, and the store looks after that.
      if (!showing) return;
      try {
        const done = await makeTrue(showing);
        if (done === "lease lost") return;
        // What was looked for and not all found is looked for again.
        const stillUnsure = "retryAfterMs" in done && showing.unsureSince !== undefined;
        await showcase.release(showing, stillUnsure ? { ...done, unsure: true } : done);
      } catch (fault) {
        if (fault instanceof TypeError || fault instanceof RangeError || fault instanceof ReferenceError) throw fault;
        // The lease runs out by itself, and somebody looks again.
        log.error("a request could not be shown", { request, code: codeOf(fault) });
      }
    },
    stop() {
      stopping = true;
    },
  };
}

const unasked = refuse("channel-not-allowed", "Slack does not say who reads this channel.");

const aboutBlocks: readonly string[] = [
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
];

/** What is missing or differs: what people click first, then the rest in its order. */
function stepsOf(
  surfaces: readonly Surface[],
  posted: ReadonlyMap<string, Posted>,
  refused: ReadonlySet<string>,
): readonly Step[] {
  const steps = surfaces
    .filter(({ key, inThread, under = "thread" }) => !refused.has(key) && (!inThread || posted.has(under)))
    .map((surface) => ({ surface, standing: posted.get(surface.key) }))
    .filter(({ surface, standing }) => !standing || (!surface.once && standing.digest !== digestOf(surface)));
  return [...steps.filter(isUrgent), ...steps.filter((step) => !isUrgent(step))];
}

/** Edits of messages with buttons: they do not wait their turn. */
function isUrgent({ surface, standing }: Step): boolean {
  return standing !== undefined && !surface.inThread;
}

/** The SHA-256 (hex) of what a surface shows. */
function digestOf({ text, blocks }: Surface): string {
  return sha256(canonical({ text, blocks }));
}

/** Each channel's next slot, reserved across processes and kept until it is used. */
function createPace(showcase: Showcase, on: boolean) {
  const slots = new Map<string, number>();
  return {
    async firstDue(steps: readonly Step[]): Promise<Step | undefined> {
      for (const step of steps) {
        const slow = on ? slowness(step) : undefined;
        if (!slow) return step;
        const [key, every] = slow;
        const at = slots.get(key) ?? performance.now() + (await showcase.reserve(key, every));
        slots.set(key, at);
        if (at > performance.now()) continue;
        slots.delete(key);
        return step;
      }
      return undefined;
    },
  };
}

function slowness({ surface, standing }: Step): readonly [key: string, every: number] | undefined {
  if (surface.ephemeralFor !== undefined) return undefined;
  if (!standing) return [surface.channel, postEvery];
  return surface.inThread ? ["edits", progressEvery] : undefined;
}

function longOver(request: Request, now: number): boolean {
  if (!isOver(request)) return false;
  return now - ("outcome" in request ? request.outcome.at : request.ended.at) > givenUpAfter;
}
