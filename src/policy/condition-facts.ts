import { catalogue } from "../operation/catalogue.ts";
import type { DecisionFacts, Known, Policy } from "./policy.ts";
import { wallClock } from "./zone.ts";

/** One fact that a condition may ask for. */
interface Fact {
  /** As CEL calls it. */
  readonly type: "string" | "int" | "bool" | "list<string>" | "map<string, string>" | "google.protobuf.Timestamp";
  readonly means: string;
  /** When it is not known, so that a condition that needs it matches. */
  readonly unknown: string;
  /** Only the web process sees it; the worker has its signed word for it. */
  readonly told?: true;
}

/** Every fact there is, by the name a condition calls it. What is not here does not compile. */
export const conditionFacts = {
  "subject.id": { type: "string", means: "the requester, by their `sub`", unknown: "never" },
  "subject.groups": { type: "list<string>", means: "their groups", unknown: "where the provider does not say theirs" },
  "operation.kind": { type: "string", means: "such as `scale` or `rollout-restart`", unknown: "never" },
  "operation.group": { type: "string", means: "`read` or `change`", unknown: "never" },
  cluster: { type: "string", means: "the cluster's name", unknown: "never" },
  namespaces: {
    type: "list<string>",
    means: "where it acts; none for what belongs to no namespace",
    unknown: "of a drain whose plan is not known",
  },
  name: { type: "string", means: "the object's name", unknown: "where it is about no single object" },
  "plan.replicas": {
    type: "int",
    means: "pods it touches: the larger of before and after",
    unknown: "of reads, of roles but `view`, and of an object that could not be read",
  },
  "target.labels": {
    type: "map<string, string>",
    means: 'the object\'s labels; ask `"team" in target.labels` first, for one it lacks is an error',
    unknown: "as `plan.replicas`",
  },
  "time.hour": { type: "int", means: "0 to 23, in the policy's `timeZone`", unknown: "without a clock" },
  "time.minute": { type: "int", means: "0 to 59, there", unknown: "without a clock" },
  "time.weekday": { type: "int", means: "1 = Monday to 7 = Sunday, there", unknown: "without a clock" },
  now: {
    type: "google.protobuf.Timestamp",
    means: 'the moment: `now.getHours("Europe/Berlin")`, `now < timestamp("2026-12-27T00:00:00Z")`',
    unknown: "without a clock",
  },
  channel: { type: "string", means: "the Slack channel it was asked in, by id", unknown: "outside Slack", told: true },
  incident: {
    type: "bool",
    means: "it was asked in one of the policy's `incidents.channels`",
    unknown: "outside Slack",
    told: true,
  },
  "unusual.firstInNamespace": {
    type: "bool",
    means: "none of the requester's last 100 changes that succeeded was in each of its namespaces there",
    unknown: "where the record was not asked",
    told: true,
  },
  "unusual.outsideTheirHours": {
    type: "bool",
    means: "none of those was asked for within an hour of this time of day",
    unknown: "where the record was not asked",
    told: true,
  },
} as const satisfies Readonly<Record<string, Fact>>;

/** Those that only the web process sees. */
export const toldFacts: ReadonlySet<string> = new Set(
  Object.entries<Fact>(conditionFacts).flatMap(([name, { told }]) => (told ? [rootOf(name)] : [])),
);

/** The part of a fact's name before the dot: what is known or unknown as one. */
export function rootOf(name: string): string {
  return name.split(".")[0] ?? name;
}

/** What is known of these facts, as conditions ask for it, in CEL's values. */
export function knownFacts(
  { timeZone = "UTC", incidents }: Pick<Policy, "timeZone" | "incidents">,
  facts: DecisionFacts,
): Known {
  const { subject, operation, cluster, namespaces, name, plan, now, channel, unusual } = facts;
  const anywhere = catalogue[operation].spreads === true && typeof plan === "string";
  return {
    subject: { id: subject.sub, ...(subject.partial ? {} : { groups: [...subject.groups] }) },
    operation: { kind: operation, group: catalogue[operation].group.slice(1) },
    cluster,
    ...(anywhere ? {} : { namespaces: [...namespaces] }),
    ...(name === undefined ? {} : { name }),
    ...(typeof plan === "string"
      ? {}
      : { plan: { replicas: BigInt(plan.replicas) }, target: { labels: new Map(Object.entries(plan.labels)) } }),
    ...(now === undefined ? {} : { now: new Date(now), time: timeOf(now, timeZone) }),
    ...(channel === undefined ? {} : { channel, incident: incidents?.channels.includes(channel) ?? false }),
    ...(unusual === undefined ? {} : { unusual: { ...unusual } }),
  };
}

function timeOf(now: number, zone: string) {
  const { hour, minute, weekday } = wallClock(now, zone);
  return { hour: BigInt(hour), minute: BigInt(minute), weekday: BigInt(weekday) };
}
