import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";

/** Why a Web API call gave nothing, in what a caller can do about it. */
export type ApiFault =
  /** Slack said no, with one of its error codes. */
  | { readonly fault: "refused"; readonly code: string }
  | { readonly fault: "rate-limited"; readonly retryAfterMs: number }
  /** No answer, or none of Slack's: the call may or may not have had its effect. */
  | { readonly fault: "no-answer"; readonly code: string };

/** Sorts what a call threw; anything that is not the Web API's is thrown on. */
export function apiFaultOf(thrown: unknown): ApiFault {
  if (thrown instanceof WebAPIPlatformError) return { fault: "refused", code: thrown.data.error };
  if (thrown instanceof WebAPIRateLimitedError)
    return { fault: "rate-limited", retryAfterMs: thrown.retryAfter * 1000 };
  if (thrown instanceof WebAPIHTTPError) return { fault: "no-answer", code: `http-${thrown.statusCode}` };
  if (thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("slack_webapi_"))
    return { fault: "no-answer", code: String(thrown.code) };
  throw thrown;
}

/** One short word for a log line; never a payload. */
export function codeOf(thrown: unknown): string {
  try {
    const fault = apiFaultOf(thrown);
    return fault.fault === "rate-limited" ? "rate-limited" : fault.code;
  } catch {
    return thrown instanceof Error ? thrown.name : "fault";
  }
}
