import { type Refusal, refuse } from "../operation/refusal.ts";
import type { PushAuthenticator } from "../policy/authenticator.ts";
import type { KeptPush, Polled, PushChance, PushSeal, PushSenders, PushState, PushStore, Sent } from "../ports/push.ts";
import type { Challenge, Outcome, Response } from "./challenge.ts";
import type { Binding } from "./evidence.ts";
import { type PushFacts, readAnswer, readFacts, sealAnswer, sealFacts, whyYesFails } from "./push-facts.ts";
import { notSent, tooMany } from "./push-refusals.ts";

/** What somebody is asked on their device. */
export interface PushDemand {
  /** Through which provider. */
  readonly by: PushAuthenticator;
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

/** A push that was sent. */
export interface PushBegun extends Binding {
  readonly by: PushAuthenticator;
  /** Absent: a code stands in the push, to be typed here. Else to be shown here, and entered on the device. */
  readonly enter?: string;
}

/** A no on the device, or "that was not me". */
export type PushNo = PushAbout & { readonly said: "declined" | "disowned" };

/**
 * Pushes with a code to carry (NIST SP 800-63B-4 section 3.1.3): a yes on the device counts only with the code that stood
 * in the push, typed where the person began, or with the number shown there, entered on the device. Any number of
 * processes may hold one of these over one store; the limits are of a person, through whichever provider.
 */
export interface Pushes {
  /** Sends one, or answers the open one for the very same; its limits are refused in words. */
  begin(demand: PushDemand): Promise<PushBegun | Refusal>;
  /** Judges the code that was typed, and what the device said. */
  submit(challenge: Challenge, response: Response, now: number): Promise<Outcome>;
  /** Looks once at one whose person may have said no; answers whose when they had, again until it is `told`. */
  look(salt: string): Promise<PushNo | undefined>;
  /** What follows from a no was done. */
  told(salt: string): Promise<void>;
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
  readonly senders: PushSenders;
  readonly store: PushStore;
  readonly seal: PushSeal;
  readonly chance: PushChance;
}): Pushes {
  const { senders, store, seal, chance } = ports;

  async function factsOf(salt: string): Promise<{ kept: KeptPush; facts: PushFacts } | undefined> {
    const kept = await store.read(salt);
    if (kept?.sealed === undefined) return undefined;
    return { kept, facts: readFacts(seal, kept.sealed, salt, kept.subject) };
  }

  /** The open push of this person, if it asks the very same. */
  async function sameOpen({ by, challenge, request }: PushDemand): Promise<PushBegun | undefined> {
    const salt = await store.openOf(challenge.subject);
    const open = salt === undefined ? undefined : await factsOf(salt);
    if (!open || salt === undefined) return undefined;
    const { facts, kept } = open;
    return facts.by === by && facts.digest === challenge.digest && facts.request === request && isOpen(kept.state)
      ? begun(facts, { salt, expiresAt: kept.expiresAt })
      : undefined;
  }

  /** Polls, if it is our turn, and keeps what came: an answer that is not kept is lost, and that is no yes. */
  async function poll(salt: string, { by, handle, subject, intervalMs }: PushFacts): Promise<PushState | "bypassed"> {
    const sender = senders.get(by);
    if (!sender) throw new Error(`${by} is not set up any more`);
    if (!(await store.takeTurn(salt, turnMs))) return (await store.read(salt))?.state ?? "expired";
    const polled = await sender.poll(handle);
    await store.rest(salt, polled.answer === "slower" ? intervalMs + slowerMs : intervalMs);
    switch (polled.answer) {
      case "pending":
      case "slower":
        return "open";
      case "declined":
      case "expired":
      case "disowned":
      case "locked":
        return store.end(salt, polled.answer);
      case "bypassed":
        await store.end(salt, "expired");
        return "bypassed";
      case "yes":
      case "token":
        return store.end(salt, "answered", sealAnswer(seal, yesOf(polled), salt, subject));
    }
  }

  async function submit({ subject, digest }: Challenge, response: Response, now: number): Promise<Outcome> {
    const code = response.given.replace(/\s/g, "");
    const salt = response.started?.salt;
    const found = salt === undefined ? undefined : await factsOf(salt);
    if (!found || salt === undefined) return { outcome: "expired" };
    const { kept, facts } = found;
    if (facts.by !== response.by) return notShown("this push was sent in another way");
    if (facts.subject !== subject) return notShown("this push was sent to somebody else");
    if (facts.digest !== digest) return notShown("this push was sent for something else");
    if (now > kept.expiresAt) return { outcome: "expired" };
    if (!isOpen(kept.state)) return ended(kept);
    // What the person enters on their device, the provider has judged.
    if ("back" in facts.transfer) {
      if (!/^[0-9]{6}$/.test(code)) return { outcome: "denied", because: "malformed-code" };
      if (code !== facts.transfer.back) {
        const state = await store.wrongCode(salt);
        return isOpen(state) ? { outcome: "denied", because: "wrong-code" } : locked(await store.read(salt));
      }
    }
    const state = kept.state === "open" ? await poll(salt, facts) : kept.state;
    if (state === "open") return { outcome: "pending" };
    if (state === "bypassed") return notShown("the provider says yes without having asked you");
    const after = await store.read(salt);
    if (after?.answer === undefined || !isOpen(after.state)) return after ? ended(after) : { outcome: "expired" };
    const yes = readAnswer(seal, after.answer, salt, subject);
    const why = whyYesFails(yes, facts, senders.get(facts.by)?.takes);
    if (why !== undefined) {
      await store.end(salt, "expired");
      return notShown(why);
    }
    // Not before the step that uses it is kept could it be spent: until then the same answer is given again.
    await store.end(salt, "used");
    return {
      outcome: "approved",
      claim: { stepUp: salt },
      ...(yes.token ? { evidence: { kind: "id-token", token: yes.token.token } } : {}),
    };
  }

  return {
    submit,
    due: (limit) => store.due(limit),

    told: (salt) => store.told(salt),

    async begin(demand) {
      const { by, challenge, request, intent, command, now } = demand;
      const { subject, digest } = challenge;
      const sender = senders.get(by);
      if (!sender) return refuse("no-push", "No such push is sent from here.", "Prove presence in another way.");
      const same = await sameOpen(demand);
      if (same) return same;
      const forMs = Math.min(sender.lifeMs, challenge.expiresAt - now);
      if (forMs < leastMs) return refuse("too-late", "Too little time is left for a push.", "Ask again.");
      const [salt, code] = [chance.salt(), chance.code()];
      const reserved = await store.reserve({ salt, subject, request, forMs });
      if (!reserved.reserved) return tooMany(reserved, now);
      const sent = await sender.send({ subject, code, intent, command });
      if ("notSent" in sent) {
        // Where it may have gone out, it counts, and nobody can answer it.
        if (sent.notSent === "unavailable" || sent.notSent === "plain") await store.end(salt, "expired");
        else await store.withdraw(salt);
        return notSent(by, sent.notSent);
      }
      const { handle, intervalMs } = sent;
      const life = Math.min(forMs, sent.forMs);
      const facts = { by, request, subject, digest, transfer: transferOf(sent, code), handle, intervalMs };
      const sealed = sealFacts(seal, { ...facts, startedAt: reserved.now }, salt);
      if (!(await store.sent(salt, sealed, { forMs: life, intervalMs })))
        return refuse("too-late", "This push was ended meanwhile.", "Begin a new one.");
      return begun(facts, { salt, expiresAt: reserved.now + life });
    },

    async look(salt) {
      const found = await factsOf(salt);
      if (!found) return undefined;
      const { facts, kept } = found;
      const said = kept.state === "open" ? await poll(salt, facts) : kept.state;
      return said === "declined" || said === "disowned" ? { ...aboutOf(facts), said } : undefined;
    },

    async disown(salt, subject) {
      const found = await factsOf(salt);
      if (found?.facts.subject !== subject) return undefined;
      if ((await store.end(salt, "disowned")) !== "disowned") return undefined;
      await store.told(salt);
      return aboutOf(found.facts);
    },
  };
}

function aboutOf({ request, subject }: PushFacts): PushAbout {
  return { request, subject };
}

function begun({ by, transfer }: Pick<PushFacts, "by" | "transfer">, binding: Binding): PushBegun {
  return { ...binding, by, ...("to" in transfer ? { enter: transfer.to } : {}) };
}

/** One secret is carried, in one direction: two would teach people to copy whatever they are shown. */
function transferOf({ enter }: Sent, code: string): PushFacts["transfer"] {
  return enter === undefined ? { back: code } : { to: enter };
}

function yesOf(polled: Extract<Polled, { answer: "yes" | "token" }>) {
  return polled.answer === "token" ? { token: polled.token } : {};
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
