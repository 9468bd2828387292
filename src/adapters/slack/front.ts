import type { WebClient } from "@slack/web-api";
import { isRefusal, type Refusal, refuse } from "../../operation/refusal.ts";
import type { Subject } from "../../policy/subject.ts";
import type { Arrival } from "./arrival.ts";
import type { Members } from "./members.ts";
import type { SlackPorts, SlackSettings } from "./settings.ts";
import type { Whisper } from "./whisper.ts";

/** What every listener works with. */
export interface Front {
  readonly settings: SlackSettings;
  readonly ports: SlackPorts;
  /** The one that the bot is installed in. */
  readonly workspace: { readonly team: string; readonly name: string };
  readonly members: Members;
  /** The client for what a person waits for. */
  readonly slack: WebClient;
  readonly whisper: Whisper;
}

/**
 * The subject behind an arrival, or why they may not act: a full member, in a channel nobody else reads, explicitly
 * linked. A no to somebody we know is recorded before it is said.
 */
export async function identify(
  front: Front,
  arrival: Arrival,
  ...alsoIn: readonly string[]
): Promise<Subject | Refusal> {
  const { members, ports } = front;
  const { team, user, channel } = arrival;
  const places = [...new Set([...(channel === undefined ? [] : [channel]), ...alsoIn])];
  const [subject, ...refusals] = await Promise.all([
    ports.directory.bySlack(team, user),
    members.refusePerson(team, user),
    ...places.map((place) => members.refuseChannel(place)),
  ]);
  const refusal = refusals.find(isRefusal);
  if (!refusal) return subject ?? notLinked(front, arrival);
  if (subject) await recordRefusal(front, subject, refusal);
  return refusal;
}

/** Stands in the trail before the person is told. */
export async function recordRefusal({ ports }: Front, subject: Subject, refusal: Refusal): Promise<void> {
  await ports.trail.append({
    kind: "request.refused",
    subject: subject.sub,
    code: refusal.refused,
    why: refusal.says,
  });
}

function notLinked({ ports, settings }: Front, { team, user }: Arrival): Refusal {
  return refuse(
    "not-linked",
    "Your Slack account is not linked to a person Countersign knows.",
    ports.linkAddress
      ? `Type \`${settings.command} link\`, or ask an administrator to add \`${team}/${user}\` to the directory.`
      : `Ask an administrator to add \`${team}/${user}\` to the directory.`,
  );
}
