import type { Fields } from "../json.ts";

/** A Web API method's `{ok: false}`: Slack's code, and what Slack sends along with it. */
export class ApiRefusal extends Error {
  readonly code: string;
  readonly detail: Fields;

  constructor(code: string, detail: Fields = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** Refused for now: HTTP 429 with this Retry-After. */
export class RateLimited extends ApiRefusal {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("ratelimited");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Faults in arguments or blocks, listed as Slack lists them. */
export function refusalOf(code: string, faults: readonly string[]): ApiRefusal {
  return new ApiRefusal(code, {
    errors: faults,
    response_metadata: { messages: faults.map((fault) => `[ERROR] ${fault}`) },
  });
}
