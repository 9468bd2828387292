import { createHmac } from "node:crypto";
import { request } from "node:http";
import type { Fields } from "../json.ts";
import type { Delivery } from "../workspace.ts";
import { type Ack, ackBody, type Retry } from "./ack.ts";

/** The exact request Slack would make: body in Slack's form, bare content type, v0 signature over `v0:ts:body`. */
export function signedRequest(
  kind: Delivery["kind"],
  payload: Fields,
  secret: string,
  nowMs: number,
): NonNullable<Delivery["http"]> {
  const body = bodyOf(kind, payload);
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    body,
    headers: {
      "Content-Type": kind === "events_api" ? "application/json" : "application/x-www-form-urlencoded",
      "X-Slack-Request-Timestamp": timestamp,
      "X-Slack-Signature": `v0=${signature}`,
      "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    },
  };
}

/** The same request as a retry: the two headers are not part of what is signed. */
export function retried(
  { headers, body }: NonNullable<Delivery["http"]>,
  { attempt, reason }: Retry,
): NonNullable<Delivery["http"]> {
  const why = reason === "operation_timeout" ? "http_timeout" : "http_error";
  return { body, headers: { ...headers, "X-Slack-Retry-Num": String(attempt), "X-Slack-Retry-Reason": why } };
}

function bodyOf(kind: Delivery["kind"], payload: Fields): string {
  if (kind === "events_api") return JSON.stringify(payload);
  if (kind === "interactive") return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) form.set(name, String(value));
  return form.toString();
}

/** Posts a signed request; only a 200 within the time allowed acknowledges it. */
export async function post(
  url: string,
  { headers, body }: NonNullable<Delivery["http"]>,
  withinMs: number,
): Promise<Ack> {
  const answer = await answered(url, headers, body, withinMs);
  if (typeof answer === "string") return { ok: false, reason: answer };
  if (answer.status === 200) return { ok: true, body: ackBody(answer.body) };
  return { ok: false, reason: answer.status >= 500 ? "http_service_error" : "http_client_error" };
}

function answered(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  withinMs: number,
): Promise<{ status: number; body: string } | "operation_timeout" | "dispatch_failed"> {
  return new Promise((resolve) => {
    const sent = request(url, { method: "POST", headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      clearTimeout(timer);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
    });
    const timer = setTimeout(() => {
      resolve("operation_timeout");
      sent.destroy();
    }, withinMs);
    sent.on("error", () => {
      clearTimeout(timer);
      resolve("dispatch_failed");
    });
    sent.end(body);
  });
}
