import { plain } from "../../challenge/binding-message.ts";
import type { NotSent, NotSentReason, Polled, PushSender, PushText, Sent } from "../../ports/push.ts";
import { type DuoAnswer, type DuoClient, DuoFault } from "./duo-client.ts";
import { queryOf } from "./duo-signature.ts";

/** Of each call, in ms. Duo holds a poll back until something changes; somebody who typed a code does not wait for that. */
const timeouts = { ask: 4_000, poll: 1_500 } as const;
/** A push may be answered for 60 s, which Duo lets nobody change. */
const lifeMs = 60_000;
/** NIST SP 800-63B-4 section 3.1.3.1: at least six decimal digits. */
const enoughDigits = /^\d{6,10}$/;

/**
 * Pushes by Duo's Auth API: preauth, then an asynchronous auth, then auth_status. Duo signs nothing, so a yes is only its
 * word. Where the tenant's policy demands a Verified Push, its number takes the place of our code: Duo sends no other push
 * there, judges the number itself, and one number to carry is enough.
 */
export function duoSender(client: DuoClient): PushSender {
  async function ask(username: string, text: PushText): Promise<Sent | NotSent> {
    const before = await client.call("POST", "/auth/v2/preauth", verified(username), timeouts.ask);
    if (!before.ok) return refusedBy(before);
    const { result, devices, txid, verification_code: number } = before.response;
    const why = whyNotAsked(result, devices);
    if (why !== undefined) return { notSent: why, because: `preauth ${code(result)}` };
    if (number === undefined) return sentBy(await push(username, pushInfo(text)));
    if (typeof number !== "string" || !enoughDigits.test(number) || typeof txid !== "string")
      return { notSent: "plain", because: "verification code" };
    const { code: _, ...words } = text;
    return sentBy(await push(username, pushInfo(words), txid), number);
  }

  function push(username: string, pushinfo: string, txid?: string): Promise<DuoAnswer> {
    const asked = { username, factor: "push", device: "auto", async: "1", type: "Countersign", pushinfo };
    return client.call("POST", "/auth/v2/auth", txid === undefined ? asked : { ...asked, txid }, timeouts.ask);
  }

  return {
    lifeMs,

    async send({ subject, ...text }) {
      try {
        return await ask(subject, text);
      } catch (fault) {
        if (!(fault instanceof DuoFault)) throw fault;
        return { notSent: "unavailable", because: fault.message };
      }
    },

    async poll(txid) {
      try {
        const answer = await client.call("GET", "/auth/v2/auth_status", { txid }, timeouts.poll);
        // Of a poll that was held back too long Duo says 40002, as of a transaction that it does not know.
        return answer.ok ? answered(answer.response) : { answer: answer.code === tooMany ? "slower" : "pending" };
      } catch (fault) {
        if (!(fault instanceof DuoFault)) throw fault;
        return { answer: "pending" };
      }
    },
  };
}

// Duo Auth API, "Response Format" and "Errors".
const tooMany = 42901;
const clockIsWrong = 40105;

/** Without this a tenant's demand for a Verified Push is not met, and older ones would let their policy be bypassed. */
function verified(username: string) {
  return { username, client_supports_verified_push: "1" };
}

function whyNotAsked(result: unknown, devices: unknown): NotSentReason | undefined {
  switch (result) {
    case "auth":
      return canPush(devices) ? undefined : "unknown-person";
    case "allow":
      return "bypassed";
    case "enroll":
      return "unknown-person";
    default:
      return "refused";
  }
}

function canPush(devices: unknown): boolean {
  return (
    Array.isArray(devices) &&
    devices.some((device: { capabilities?: unknown } | null) => {
      const can = device?.capabilities;
      return Array.isArray(can) && can.includes("push");
    })
  );
}

/** What Duo Mobile shows beneath the question, name by name. */
function pushInfo({ code, intent, command }: Partial<PushText>): string {
  return queryOf({
    ...(code === undefined ? {} : { "Code to type in Slack": code }),
    ...(intent === undefined ? {} : { For: plain(intent) }),
    ...(command === undefined ? {} : { Operation: plain(command) }),
  });
}

function sentBy(answer: DuoAnswer, enter?: string): Sent | NotSent {
  if (!answer.ok) return refusedBy(answer);
  const { txid } = answer.response;
  if (typeof txid !== "string" || txid === "") return { notSent: "unavailable", because: "no txid" };
  return { handle: txid, forMs: lifeMs, intervalMs: 1_000, ...(enter === undefined ? {} : { enter }) };
}

function refusedBy({ code: said }: Extract<DuoAnswer, { ok: false }>): NotSent {
  const because = String(said);
  if (said === clockIsWrong) return { notSent: "clock", because };
  if (said === tooMany) return { notSent: "busy", because };
  return { notSent: said >= 50000 ? "unavailable" : "refused", because };
}

/** Only an `allow` whose status is `allow` too is a yes of the person's. */
function answered({ result, status }: Readonly<Record<string, unknown>>): Polled {
  if (result === "allow") return { answer: status === "allow" ? "yes" : "bypassed" };
  if (result !== "deny") return { answer: "pending" };
  switch (status) {
    case "fraud":
      return { answer: "disowned" };
    case "locked_out":
      return { answer: "locked" };
    case "timeout":
      return { answer: "expired" };
    default:
      return { answer: "declined" };
  }
}

/** A word of a closed set, and nothing of free form. */
function code(result: unknown): string {
  return typeof result === "string" && /^[a-z_]{1,20}$/.test(result) ? result : "unknown";
}
