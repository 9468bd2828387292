import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, type default as Provider } from "oidc-provider";
import { phoneAcr } from "./contexts.ts";

/**
 * Where people log in: a button for each of them, and one that says no. What is sent may say besides with which `acr`, and
 * at which time `ts` in seconds since 1970, as a provider would that does not do what it is asked to.
 */
export function loginPage(provider: Provider, subjects: readonly string[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (request.method !== "POST") return await show(request, response);
      const sent = new URLSearchParams(await bodyOf(request));
      const accountId = sent.get("as");
      const login = { accountId: accountId ?? "", acr: sent.get("acr") ?? phoneAcr, amr: ["swk"] };
      const ts = sent.get("ts");
      await provider.interactionFinished(
        request,
        response,
        accountId === null
          ? { error: "access_denied", error_description: "the person said no" }
          : { login: { ...login, ...(ts === null ? {} : { ts: Number(ts) }) }, consent: {} },
      );
    } catch (fault) {
      const status = fault instanceof errors.SessionNotFound ? 404 : 500;
      response.writeHead(status).end("There is no such login.");
    }
  };

  async function show(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    const hint = String(params["login_hint"] ?? "");
    const people = [...subjects].sort((a, b) => Number(b === hint) - Number(a === hint));
    const buttons = people.map((sub) => `<p><button name="as" value="${sub}">Log in as ${sub}</button></p>`);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Log in · the lab's identity provider</title>
<style>body { font: 16px/1.5 system-ui; max-width: 30em; margin: 4em auto } button { font: inherit; padding: .4em 1em }</style>
<h1>Log in</h1><p>This is the identity provider of the lab. Its people have no passwords.</p>
<form method="post">${buttons.join("")}<p><button>Cancel</button></p></form></html>`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
