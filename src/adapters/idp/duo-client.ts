import type { DuoAccount } from "../../policy/provider-document.ts";
import { boundedBody } from "./bounded-body.ts";
import { duoAuthorization, queryOf } from "./duo-signature.ts";

/** One answer of Duo's; `code` is its own, five digits of which the first three are the HTTP status. */
export type DuoAnswer =
  | { readonly ok: true; readonly response: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: number };

/** Calls of the Auth API, version 2. */
export interface DuoClient {
  /** Throws {@link DuoFault} when there is no answer of Duo's within `timeoutMs`; nothing then may be assumed. */
  call(
    method: "GET" | "POST",
    path: `/auth/v2/${string}`,
    params: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<DuoAnswer>;
}

/** What came was no answer of Duo's, or none came. Says in words what it was, and nothing of its content. */
export class DuoFault extends Error {
  override readonly name = "DuoFault";
}

/** A client of our own: the vendor's ends the process at a gateway's HTML, and has no timeout (facts/identity.md). */
export function duoClient(
  { host, integrationKey }: DuoAccount,
  { secret, plain = false }: { readonly secret: string; readonly plain?: boolean },
): DuoClient {
  return {
    async call(method, path, params, timeoutMs) {
      const date = new Date().toUTCString();
      const query = method === "GET" ? queryOf(params) : "";
      const body = method === "GET" ? "" : JSON.stringify(params);
      const authorization = duoAuthorization({ date, method, host, path, query, body }, { integrationKey, secret });
      const url = `${plain ? "http" : "https"}://${host}${path}${query === "" ? "" : `?${query}`}`;
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(url, {
          ...{ method, signal, redirect: "error" },
          headers: { date, authorization, ...(method === "POST" ? { "content-type": "application/json" } : {}) },
          ...(method === "POST" ? { body } : {}),
        });
        return answerIn(await boundedBody(response), response.status);
      } catch (fault) {
        if (fault instanceof DuoFault) throw fault;
        if (fault instanceof RangeError) throw new DuoFault(fault.message);
        throw new DuoFault(signal.aborted ? "Duo did not answer in time" : "Duo cannot be reached");
      }
    },
  };
}

function answerIn(text: string, status: number): DuoAnswer {
  const answer = parsed(text);
  if (answer?.["stat"] === "OK" && isRecord(answer["response"])) return { ok: true, response: answer["response"] };
  if (answer?.["stat"] === "FAIL" && typeof answer["code"] === "number") return { ok: false, code: answer["code"] };
  throw new DuoFault(`something between us and Duo answered ${status}, and it is no answer of Duo's`);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
