import { type Refusal, refuse } from "../operation/refusal.ts";
import type { KeptPush, PushChance, PushSeal, PushSender, PushState, PushStore, Reserved } from "../push-port.ts";
import { bindingMessage } from "./binding-message.ts";
import type { Challenge, Outcome, Response } from "./challenge.ts";
import type { Binding } from "./evidence.ts";
import { type PushFacts, readAnswer, readFacts, sealAnswer, sealFacts, whyTokenFails } from "./push-facts.ts";

/** What somebody is asked on their device. */
export interface PushDemand {
  readonly request: string;
  readonly challenge: Pick<Challenge, "digest" | "subject" | "expiresAt">;
  /** What the code is for, such as "to approve". */
  readonly intent: string;
  /** The command as it is spoken. */
  readonly command: string;
  readonly now: number;
}

/** Whose push it was, and for which request. */
export type PushAbout = Pick<PushFacts, "request" | "subject">;

/**
 * Pushes with a code to carry back (NIST SP 800-63B-4 section 3.1.3): a yes on the device counts only with the code that
 * stood in the push, typed where the person began. Any number of processes may hold one of these over one store.
 */
export interface Pushes {
  /** Sends one, or answers the open one for the very same; its limits are refused in words. */
  begin(demand: PushDemand): Promise<Binding | Refusal>;
  /** Judges the code that was typed, and what the device said. */
  submit(challenge: Challenge, response: Response, now: number): Promise<Outcome>;
  /** Looks once at one whose person may have said no; answers whose when they had. */
  look(salt: string): Promise<PushAbout | undefined>;
  /** "Not me": ends it, and this person gets none for a while; undefined where it is not theirs, or is over. */
  disown(salt: string, subject: string): Promise<PushAbout | undefined>;
  /** Open ones that nobody has looked at for a while. */
  due(limit: number): Promise<readonly string[]>;
}

/** Longer than one poll may take, in ms, so that nobody polls while another does. */
const turnMs = 15_000;
/** What a provider that asks for slower polls is given, in ms (OpenID CIBA Core 1.0 section 11). */
const slowerMs = 5_000;

export function createPushes(ports: {
  readonly sender: PushSender;
  readonly store: PushStore;
  readonly seal: PushSeal;
  readonly chance: PushChance;
  /** Authentication contexts that count. */
  readonly acr: readonly string[];
}): Pushes {
  const { sender, store, seal, chance, acr } = ports;

  async function factsOf(salt: string): Promise<{ kept: KeptPush; facts: PushFacts } | undefined> {
    const kept = await store.read(salt);
    if (kept?.sealed === undefined) return undefined;
    return { kept, facts: readFacts(seal, kept.sealed, salt, kept.subject) };
  }

  /** The open push of this person, if it asks the very same. */
  async function sameOpen({ challenge, request }: PushDemand): Promise<Binding | undefined> {
    const salt = await store.openOf(challenge.subject);
    const open = salt === undefined ? undefined : await factsOf(salt);
    if (!open || salt === undefined) return undefined;
    const { facts, kept } = open;
    return facts.digest === challenge.digest && facts.request === request && isOpen(kept.state)
      ? { salt, expiresAt: kept.expiresAt }
      : undefined;
  }

  /** Polls, if it is our turn, and keeps what came: an answer that is not kept is lost, and that is no yes. */
  async function poll(salt: string, { handle, subject, intervalMs }: PushFacts): Promise<PushState> {
    if (!(await store.takeTurn(salt, turnMs))) return (await store.read(salt))?.state ?? "expired";
    const polled = await sender.poll(handle);
    await store.rest(salt, polled.answer === "slower" ? intervalMs + slowerMs : intervalMs);
    switch (polled.answer) {
      case "pending":
      case "slower":
        return "open";
      case "declined":
      case "expired":
        return store.end(salt, polled.answer);
      case "token":
        return store.end(salt, "answered", sealAnswer(seal, polled.token, salt, subject));
    }
  }

  async function submit({ subject, digest }: Challenge, response: Response, now: number): Promise<Outcome> {
    const code = response.given.replace(/\s/g, "");
    const salt = response.started?.salt;
    const found = salt === undefined ? undefined : await factsOf(salt);
    if (!found || salt === undefined) return { outcome: "expired" };
    const { kept, facts } = found;
    if (facts.subject !== subject) return notShown("this push was sent to somebody else");
    if (facts.digest !== digest) return notShown("this push was sent for something else");
    if (now > kept.expiresAt) return { outcome: "expired" };
    if (!isOpen(kept.state)) return ended(kept);
    if (!/^[0-9]{6}$/.test(code)) return { outcome: "denied", because: "malformed-code" };
    if (code !== facts.code) {
      const state = await store.wrongCode(salt);
      return isOpen(state) ? { outcome: "denied", because: "wrong-code" } : locked(await store.read(salt));
    }
    const state = kept.state === "open" ? await poll(salt, facts) : kept.state;
    if (state === "open") return { outcome: "pending" };
    const after = await store.read(salt);
    if (after?.answer === undefined || !isOpen(after.state)) return after ? ended(after) : { outcome: "expired" };
    const presented = readAnswer(seal, after.answer, salt, subject);
    const why = whyTokenFails(presented, facts, acr);
    if (why !== undefined) {
      await store.end(salt, "expired");
      return notShown(why);
    }
    // Not before the step that uses it is kept could it be spent: until then the same answer is given again.
    await store.end(salt, "used");
    return {
      outcome: "approved",
      claim: { stepUp: salt },
      evidence: { kind: "id-token", token: presented.token },
    };
  }

  return {
    submit,
    due: (limit) => store.due(limit),

    async begin(demand) {
      const { challenge, request, intent, command, now } = demand;
      const { subject, digest } = challenge;
      const same = await sameOpen(demand);
      if (same) return same;
      const forMs = Math.min(sender.lifeMs, challenge.expiresAt - now);
      if (forMs < leastMs) return refuse("too-late", "Too little time is left for a push.", "Ask again.");
      const [salt, code] = [chance.salt(), chance.code()];
      const reserved = await store.reserve({ salt, subject, request, forMs });
      if (!reserved.reserved) return tooMany(reserved, now);
      const sent = await sender.send({ subject, text: bindingMessage({ code, intent, command }, sender.text) });
      if ("notSent" in sent) {
        // Where it may have gone out, it counts, and nobody can answer it.
        if (sent.notSent === "unavailable") await store.end(salt, "expired");
        else await store.withdraw(salt);
        return notSent(sent.notSent);
      }
      const { handle, intervalMs } = sent;
      const life = Math.min(forMs, sent.forMs);
      const facts = { request, subject, digest, code, handle, intervalMs, startedAt: reserved.now };
      if (!(await store.sent(salt, sealFacts(seal, facts, salt), { forMs: life, intervalMs })))
        return refuse("too-late", "This push was ended meanwhile.", "Begin a new one.");
      return { salt, expiresAt: reserved.now + life };
    },

    async look(salt) {
      const found = await factsOf(salt);
      if (found?.kept.state !== "open") return undefined;
      const { facts } = found;
      return (await poll(salt, facts)) === "declined" ? facts : undefined;
    },

    async disown(salt, subject) {
      const found = await factsOf(salt);
      if (found?.facts.subject !== subject) return undefined;
      return (await store.end(salt, "disowned")) === "disowned" ? found.facts : undefined;
    },
  };
}

/** Less than this is not enough to find a phone, in ms. */
const leastMs = 15_000;

/** Whether the code can still make something of it; what was used is answered again for who lost a race. */
function isOpen(state: PushState): boolean {
  return state === "open" || state === "answered" || state === "used";
}

function ended(kept: KeptPush): Outcome {
  switch (kept.state) {
    case "declined":
      return { outcome: "denied", because: "declined" };
    case "disowned":
      return { outcome: "fraud" };
    case "locked":
      return locked(kept);
    default:
      return { outcome: "expired" };
  }
}

function locked(kept: KeptPush | undefined): Outcome {
  const until = kept?.lockedUntil;
  return { outcome: "insufficient", because: "locked", ...(until === undefined ? {} : { until }) };
}

function notShown(says: string): Outcome {
  return { outcome: "insufficient", because: "evidence", says };
}

function tooMany({ because, until }: Extract<Reserved, { reserved: false }>, now: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  const when = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  switch (because) {
    case "open":
      return refuse("push-limit", "A push of yours still waits for its answer.", `Answer it, or wait ${when}.`);
    case "often":
      return refuse(
        "push-limit",
        "You were sent three pushes within ten minutes, and none succeeded.",
        `The next is possible in ${when}.`,
      );
    case "locked":
      return refuse(
        "push-limit",
        "A push of yours was refused, so none is sent for 15 minutes.",
        `The next is possible in ${when}.`,
      );
  }
}

function notSent(because: "unknown-person" | "refused" | "unavailable"): Refusal {
  switch (because) {
    case "unknown-person":
      return refuse("no-push", "The identity provider knows no device of yours.", "Prove presence in another way.");
    case "refused":
      return refuse(
        "no-push",
        "The identity provider takes no push from us.",
        "Prove presence in another way, and have an administrator run `countersign doctor idp`.",
      );
    case "unavailable":
      return refuse(
        "no-push",
        "The identity provider does not answer.",
        "Prove presence in another way, or try again.",
      );
  }
}
