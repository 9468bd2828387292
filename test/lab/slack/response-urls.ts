import { randomBytes } from "node:crypto";
import { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal } from "./api-refusal.ts";
import type { Reply } from "./http-door.ts";
import { type Fields, isFields, parsedJson } from "./json.ts";
import { type Content, contentOf } from "./message-content.ts";
import type { LoggedMessage } from "./message-log.ts";
import type { Parts } from "./parts.ts";

/** facts/slack.md section 3: 30 minutes, 5 uses. */
const LIFETIME_MS = 30 * 60_000;
const USES = 5;

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
  readonly #record: (method: string, args: Readonly<Fields>, error: string | undefined) => void;
  readonly #issued = new Map<string, Issued>();

  constructor(parts: Parts, record: (method: string, args: Readonly<Fields>, error: string | undefined) => void) {
    this.#parts = parts;
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
    try {
      const occasion = this.#valid(path);
      this.respond(occasion, args, true);
      occasion.usesLeft -= 1;
      this.#record("response_url", args, undefined);
      return text(200, "ok");
    } catch (refusal) {
      if (!(refusal instanceof ApiRefusal)) throw refusal;
      this.#record("response_url", args, refusal.code);
      return text(refusal.code === "expired_url" || refusal.code === "used_url" ? 404 : 400, refusal.code);
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

function text(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
