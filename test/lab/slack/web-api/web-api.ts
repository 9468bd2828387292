import type { Fault, FaultPlan } from "../fault-plan.ts";
import type { Incoming, Reply } from "../http-door.ts";
import type { Fields } from "../json.ts";
import type { Parts } from "../parts.ts";
import type { ApiCall } from "../workspace.ts";
import { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal, RateLimited } from "./api-refusal.ts";
import { CHAT_METHODS } from "./chat-methods.ts";
import { DIRECTORY_METHODS } from "./directory-methods.ts";
import type { Method } from "./method.ts";
import { VIEW_METHODS } from "./view-methods.ts";

const METHODS: Readonly<Record<string, Method>> = { ...CHAT_METHODS, ...DIRECTORY_METHODS, ...VIEW_METHODS };

/** Slack's Web API: who may call, what is written down of the call, and what goes wrong on demand. */
export class WebApi {
  readonly calls: ApiCall[] = [];
  readonly #parts: Parts;
  readonly #faults: FaultPlan;

  constructor(parts: Parts, faults: FaultPlan) {
    this.#parts = parts;
    this.#faults = faults;
  }

  /** Answers `POST /api/<method>`. */
  answer(name: string, { headers, body }: Incoming): Reply {
    const given = ApiArguments.fromBody(headers["content-type"] ?? "", body);
    const { token: inBody, ...rest } = given.all;
    const token = headers.authorization?.replace(/^Bearer /i, "") ?? inBody;
    const args = new ApiArguments(rest);
    const fault = this.#faults.take(name);
    if (fault?.kind === "failed") return this.#failed(name, args, fault.status);
    const { answer, reply } = this.#answered(name, args, token, fault);
    this.record(name, args.all, answer["ok"] === true ? undefined : String(answer["error"]));
    return fault?.kind === "reply-lost" ? "cut" : reply;
  }

  /** Writes a call down; `error` is absent when it was answered `ok`. */
  record(method: string, args: Readonly<Fields>, error: string | undefined): void {
    this.calls.push({ method, args, at: this.#parts.now(), ...(error === undefined ? {} : { error }) });
  }

  #failed(name: string, args: ApiArguments, status: number): Reply {
    this.record(name, args.all, `http_${status}`);
    return { status, headers: { "content-type": "text/plain" }, body: "" };
  }

  #answered(
    name: string,
    args: ApiArguments,
    token: unknown,
    fault: Fault | undefined,
  ): { answer: Fields; reply: Reply } {
    try {
      if (fault?.kind === "rate-limited") throw new RateLimited(fault.retryAfterSeconds);
      if (fault?.kind === "refused") throw new ApiRefusal(fault.error);
      const answer = { ok: true, ...this.#run(name, args, token) };
      return { answer, reply: this.#json(200, answer) };
    } catch (refusal) {
      if (!(refusal instanceof ApiRefusal)) throw refusal;
      const answer = { ok: false, error: refusal.code, ...refusal.detail };
      if (!(refusal instanceof RateLimited)) return { answer, reply: this.#json(200, answer) };
      return { answer, reply: this.#json(429, answer, { "retry-after": String(refusal.retryAfterSeconds) }) };
    }
  }

  #run(name: string, args: ApiArguments, token: unknown): Fields {
    const { app } = this.#parts;
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) throw new ApiRefusal("unknown_method", { req_method: name });
    if (!token) throw new ApiRefusal("not_authed");
    if (token !== app.botToken && token !== app.appToken) throw new ApiRefusal("invalid_auth");
    if ((token === app.appToken) !== (method.token === "app")) throw new ApiRefusal("not_allowed_token_type");
    const needed = method.scope?.(args, this.#parts);
    if (needed && !app.scopes.includes(needed))
      throw new ApiRefusal("missing_scope", { needed, provided: app.scopes.join(",") });
    return method.run(args, this.#parts);
  }

  #json(status: number, answer: Fields, headers: Readonly<Record<string, string>> = {}): Reply {
    return {
      status,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "x-oauth-scopes": this.#parts.app.scopes.join(","),
        ...headers,
      },
      body: JSON.stringify(answer),
    };
  }
}
