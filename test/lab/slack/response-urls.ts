import { randomBytes } from "node:crypto";
import type { Fault, FaultPlan } from "./fault-plan.ts";
import type { Reply } from "./http-door.ts";
import { type Fields, isFields, parsedJson } from "./json.ts";
import type { LoggedMessage } from "./message-log.ts";
import type { Parts } from "./parts.ts";
import { ApiArguments } from "./web-api/api-arguments.ts";
import { ApiRefusal } from "./web-api/api-refusal.ts";
import { type Content, contentOf } from "./web-api/message-content.ts";

/** facts/slack.md section 3: 30 minutes, 5 uses. */
const LIFETIME_MS = 30 * 60_000;
const USES = 5;

/** Refusals of the URL itself, which Slack answers with 404. */
const DEAD = ["expired_url", "used_url"];

type RecordCall = (method: string, args: Readonly<Fields>, error: string | undefined) => void;

/** What a response URL speaks to: one person in one channel, and the message they clicked on, if any. */
export interface Occasion {
  readonly channel: string;
  readonly person: string;
  readonly clicked?: { readonly channel: string; readonly ts: string };
}

interface Issued extends Occasion {
  readonly expires: number;
  usesLeft: number;
}

/** The response URLs of commands and clicks; each is its own permission and needs no token. */
export class ResponseUrls {
  readonly #parts: Parts;
  readonly #faults: FaultPlan;
  readonly #record: RecordCall;
  readonly #issued = new Map<string, Issued>();

  constructor(parts: Parts, faults: FaultPlan, record: RecordCall) {
    this.#parts = parts;
    this.#faults = faults;
    this.#record = record;
  }

  /** A path for the double's own server. */
  issue(kind: "commands" | "actions", occasion: Occasion): string {
    const path = `/${kind}/${this.#parts.app.teamId}/${randomBytes(8).toString("hex")}`;
    this.#issued.set(path, { ...occasion, expires: this.#parts.now() + LIFETIME_MS, usesLeft: USES });
    return path;
  }

  /** Answers a POST to a response URL; the call is written down as method `response_url`. */
  answer(path: string, body: string): Reply {
    const fields = parsedJson(body);
    const args = isFields(fields) ? fields : {};
    const fault = this.#faults.take("response_url");
    const { status, error } = this.#used(path, args, fault);
    this.#record("response_url", args, error);
    return fault?.kind === "reply-lost" ? "cut" : text(status, error ?? "ok", fault);
  }

  #used(path: string, args: Fields, fault: Fault | undefined): { status: number; error: string | undefined } {
    if (fault?.kind === "failed") return { status: fault.status, error: `http_${fault.status}` };
    if (fault?.kind === "rate-limited") return { status: 429, error: "rate_limited" };
    if (fault?.kind === "refused") return { status: 404, error: fault.error };
    try {
      const issued = this.#valid(path);
      this.respond(issued, args, true);
      issued.usesLeft -= 1;
      return { status: 200, error: undefined };
    } catch (refusal) {
      if (!(refusal instanceof ApiRefusal)) throw refusal;
      return { status: DEAD.includes(refusal.code) ? 404 : 400, error: refusal.code };
    }
  }

  /** Shows an answer to a command or click: to that person alone unless it says `in_channel`. */
  respond(occasion: Occasion, fields: Fields, viaResponseUrl: boolean): void {
    const original = this.#original(occasion);
    if (fields["delete_original"] === true) {
      if (original) this.#parts.messages.remove(original);
      return;
    }
    const content = contentOf(new ApiArguments(fields));
    if (fields["replace_original"] === true && original) this.#replace(original, content);
    else this.#post(occasion, fields, content, viaResponseUrl);
  }

  #replace(original: LoggedMessage, { text, blocks }: Content): void {
    this.#parts.messages.replace({ ...original, text: text ?? "", blocks: blocks ?? [], edited: !blocks?.length });
  }

  #post(occasion: Occasion, fields: Fields, { text, blocks }: Content, viaResponseUrl: boolean): void {
    const thread = fields["thread_ts"];
    this.#parts.messages.add({
      channel: occasion.channel,
      user: this.#parts.app.botUserId,
      text: text ?? "",
      blocks: blocks ?? [],
      edited: false,
      ...(fields["response_type"] === "in_channel" ? {} : { ephemeralFor: occasion.person }),
      ...(typeof thread === "string" ? { threadTs: thread } : {}),
      ...(viaResponseUrl ? { viaResponseUrl } : {}),
    });
  }

  #original({ clicked }: Occasion): LoggedMessage | undefined {
    return clicked && this.#parts.messages.find(clicked.channel, clicked.ts);
  }

  #valid(path: string): Issued {
    const issued = this.#issued.get(path);
    if (!issued || this.#parts.now() > issued.expires) throw new ApiRefusal("expired_url");
    if (issued.usesLeft <= 0) throw new ApiRefusal("used_url");
    return issued;
  }
}

function text(status: number, body: string, fault: Fault | undefined): Reply {
  const later = fault?.kind === "rate-limited" ? { "retry-after": String(fault.retryAfterSeconds) } : {};
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...later }, body };
}
