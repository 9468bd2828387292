import { triesPerChallenge } from "../challenge/challenge.ts";
import type { PushAbout, PushBegun, Pushes } from "../challenge/push.ts";
import type { Purpose } from "../challenge/step-up.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { asSentence } from "../operation/words.ts";
import { authenticatorWords, type PushAuthenticator } from "../policy/authenticator.ts";
import type { Subject } from "../policy/subject.ts";
import type { RequestStore } from "../ports.ts";
import { commandOf } from "./asked.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { digestFor, standingFor } from "./purpose.ts";
import { inWords, type Request } from "./request.ts";

/** Pushes for requests: who may be sent one, and what a no on the phone does to the request. */
export interface Pushing {
  /** Sends this person a push where its proof would count; its code is the answer, started by what this answers. */
  begin(id: string, subject: Subject, purpose: Purpose, by: PushAuthenticator): Promise<PushBegun | Refusal>;
  /**
   * Looks at open pushes, so that a no is noticed without anybody typing; any number of processes may call it. "That was
   * not me", said on the device, cancels the request unless it has begun, and is told to `alarm`, again if that throws.
   */
  look(alarm: (disowned: Disowned) => Promise<void>): Promise<void>;
  /** "Not me": cancels the request unless it has begun, and answers what there is to tell the security team. */
  disown(salt: string, subject: Subject): Promise<Disowned | Refusal>;
}

export interface Disowned {
  /** Whose push it was. */
  readonly subject: string;
  readonly request: string;
  /** In a clause: what became of the request. */
  readonly became: string;
}

const intents: Readonly<Record<Purpose, string>> = {
  prove: "to run",
  approve: "to approve",
  ran: 'to say "it ran" of',
  "did-not-run": 'to say "it did not run" of',
  reviewed: "to close the review of",
};

/** For one's word on what came of a request, which does not lapse, in ms. */
const settlingMs = 5 * 60_000;

export function createPushing(ports: {
  readonly pushes: Pushes;
  readonly lifecycle: Lifecycle;
  readonly store: Pick<RequestStore, "read">;
}): Pushing {
  const { pushes, lifecycle, store } = ports;

  async function disowned({ request, subject }: PushAbout): Promise<Disowned> {
    const ended = await lifecycle.disown(request, subject);
    const state = isRefusal(ended) ? (await store.read(request))?.request.state : ended.state;
    return { subject, request, became: state === undefined ? "is gone" : `is ${inWords(state)}` };
  }

  return {
    async begin(id, subject, purpose, by) {
      const stored = await store.read(id);
      if (!stored) return refuse("no-such-request", `There is no request ${id}.`, "`mine` lists yours.");
      const { request, now } = stored;
      const stands = await standingFor(lifecycle, purpose, { request, subject, now });
      if (!stands.may) return stands.refusal;
      if (!stands.ways.includes(by)) {
        const says = `${asSentence(authenticatorWords[by])} does not count here.`;
        return refuse("too-weak", says, "The form offers the ways that do.");
      }
      if (wrongCodesOf(request, subject) >= triesPerChallenge)
        return refuse("locked", "Too many wrong codes for this request.", "Somebody else must do it.");
      return pushes.begin({
        by,
        request: id,
        challenge: { subject: subject.sub, digest: digestFor(request, purpose), expiresAt: untilOf(request, now) },
        intent: intents[purpose],
        command: commandOf(request),
        now,
      });
    },

    async look(alarm) {
      const one = async (salt: string) => {
        const no = await pushes.look(salt);
        if (!no) return;
        if (no.said === "disowned") await alarm(await disowned(no));
        else await lifecycle.decline(no.request, no.subject);
        await pushes.told(salt);
      };
      const looks = await Promise.allSettled((await pushes.due(20)).map(one));
      const failed = looks.find((look) => look.status === "rejected");
      if (failed) throw failed.reason;
    },

    async disown(salt, subject) {
      const about = await pushes.disown(salt, subject.sub);
      return about ? disowned(about) : refuse("not-in-this-state", "This push is over, or was not sent to you.");
    },
  };
}

function wrongCodesOf(request: Request, { sub }: Subject): number {
  return ("wrongCodes" in request ? request.wrongCodes?.[sub] : undefined) ?? 0;
}

function untilOf(request: Request, now: number): number {
  if (request.state === "awaiting-challenge") return request.challenge.expiresAt;
  return request.state === "awaiting-approval" ? request.expiresAt : now + settlingMs;
}
