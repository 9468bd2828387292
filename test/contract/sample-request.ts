import type { Name, Namespace } from "../../src/operation/name.ts";
import { parseName, parseNamespace } from "../../src/operation/name.ts";
import type { Step } from "../../src/ports.ts";
import { askedStatement } from "../../src/request/asked.ts";
import type { Planning } from "../../src/request/request.ts";
import { attestor } from "../fakes/attestor.ts";

/** A request as it is opened. */
export function sampleRequest(id: string, change: Partial<Planning> = {}): Planning {
  const words: Omit<Planning, "signature"> = {
    state: "planning",
    id,
    operation: {
      kind: "rollout-restart",
      cluster: "demo",
      target: { kind: "Deployment", namespace: namespace("prod"), name: name("api") },
    },
    reason: '5xx since the deploy, ünïcödé \u{1f4a5} and "quotes"',
    requester: "alice",
    origin: { team: "T1", channel: "C1", user: "U1" },
    askedAt: 1_795_521_600_000,
    expiresAt: 1_795_523_400_000,
    ...change,
  };
  return { ...words, signature: change.signature ?? attestor.attest(askedStatement(words)) };
}

/** One step that keeps this request. */
export function sampleStep(operationId: string, next: Planning, change: Partial<Step> = {}): Step {
  const { id: request, requester: subject, reason, origin } = next;
  const event = {
    kind: "request.asked",
    request,
    subject,
    spoken: "restart",
    reason,
    channel: origin.channel,
  } as const;
  return { operationId, next, expect: 0, event, ...change };
}

export function name(text: string): Name {
  return parseName(text) ?? fail(text);
}

export function namespace(text: string): Namespace {
  return parseNamespace(text) ?? fail(text);
}

function fail(text: string): never {
  throw new Error(`${text} is no name`);
}
