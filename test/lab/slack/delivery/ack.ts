import { type Fields, isFields, parsedJson } from "../json.ts";

/** Slack's words for a delivery that did not get through. */
type Unacknowledged = "operation_timeout" | "dispatch_failed" | "http_client_error" | "http_service_error";

/** Which retry of an event this is, and why it was needed. */
export interface Retry {
  readonly attempt: number;
  readonly reason: Unacknowledged;
}

/** How the app took a delivery: what it sent along with the acknowledgement, or why there was none. */
export type Ack =
  | { readonly ok: true; readonly body: Fields }
  | { readonly ok: false; readonly reason: Unacknowledged };

/** What an acknowledgement says: a JSON object, a plain text to show, or nothing. */
export function ackBody(body: string): Fields {
  const value = parsedJson(body);
  if (isFields(value)) return value;
  return body.trim() === "" ? {} : { text: body };
}
