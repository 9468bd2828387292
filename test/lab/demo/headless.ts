import type { AuditEvent } from "../../../src/audit/event.ts";
import type { Lab } from "../lab.ts";
import { type Story, type StoryName, statesOf, stories } from "../stories.ts";
import type { DemoCluster } from "./demo-cluster.ts";

/** What a story played without a browser came to; printed as one line of JSON. */
export interface Telling {
  readonly story: StoryName;
  readonly request: string;
  readonly state: string;
  readonly states: readonly string[];
  readonly executions: number;
  readonly slackCalls: number;
  readonly auditEntries: number;
  readonly auditVerified: boolean;
  readonly ms: number;
}

/** Plays a story through the real processes, and looks afterwards at what the cluster and the trail say of it. */
export async function playHeadless(
  name: StoryName,
  lab: Lab,
  cluster: DemoCluster,
  say: (line: string) => void,
): Promise<Telling> {
  const story: Story = stories[name];
  const began = Date.now();
  const callsBefore = lab.slack.calls.length;
  const request = await story.play(lab, say);
  const ms = Date.now() - began;
  const stored = await lab.store.read(request);
  const verdict = await lab.cli("audit", "verify", "--json");
  const { verified, entries } = JSON.parse(verdict.stdout) as { verified: boolean; entries: number };
  return {
    story: name,
    request,
    state: stored?.request.state ?? "lost",
    states: statesOf(await eventsOf(lab, request)),
    executions: await cluster.executions(),
    slackCalls: lab.slack.calls.length - callsBefore,
    auditEntries: entries,
    auditVerified: verified && verdict.code === 0,
    ms,
  };
}

/** Whether it ended as the story says it does. */
export function endedAsTold({ story, state, executions, auditVerified }: Telling): boolean {
  const told: Story = stories[story];
  return state === told.endsAs && executions === told.executions && auditVerified;
}

async function eventsOf(lab: Lab, request: string): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const { body } of lab.trail.entries()) {
    const { event } = JSON.parse(body) as { readonly event: AuditEvent };
    if ("request" in event && event.request === request) events.push(event);
  }
  return events;
}
