import type { Facts, Log } from "../../../src/adapters/slack/log.ts";
import { openSlack, type Slack, type SlackPorts, type SlackSettings } from "../../../src/adapters/slack/slack.ts";
import { digestOf } from "../../../src/operation/digest.ts";
import { isChange } from "../../../src/operation/operation.ts";
import type { Plan } from "../../../src/operation/plan.ts";
import type { Once, Trail } from "../../../src/ports.ts";
import { askerOf } from "../../../src/request/asked.ts";
import { believing } from "../../../src/request/believe.ts";
import { createBrake } from "../../../src/request/brake.ts";
import type { Desk } from "../../../src/request/desk.ts";
import type { RequestEvent } from "../../../src/request/event.ts";
import { createLifecycle } from "../../../src/request/lifecycle.ts";
import { createMover } from "../../../src/request/move.ts";
import type { Outcome, Progress, Request } from "../../../src/request/request.ts";
import { attestor, signer } from "../../fakes/attestor.ts";
import { codeAt, credentialOf, fakeAuthenticator } from "../../fakes/authenticator.ts";
import { fakeChance } from "../../fakes/chance.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { fakeDirectory } from "../../fakes/directory.ts";
import { fakeOnce } from "../../fakes/once.ts";
import { fakePolicy } from "../../fakes/policy.ts";
import { type FakePresence, fakePresence } from "../../fakes/presence.ts";
import { fakeRecords } from "../../fakes/records.ts";
import { fakeSlackGroups } from "../../fakes/slack-groups.ts";
import { fakeWake } from "../../fakes/wake.ts";
import { fakeWitness } from "../../fakes/witness.ts";
import { startSlackDouble } from "../../lab/slack/slack-double.ts";
import { until } from "../../lab/slack/until.ts";
import type { Channel, Message, OpenView, Person, SlackDouble } from "../../lab/slack/workspace.ts";

export const team = "T0LAB";
export const alice: Person = { id: "U1", name: "alice", realName: "Alice Adams" };
export const bob: Person = { id: "U2", name: "bob", realName: "Bob Brown" };
export const carol: Person = { id: "U3", name: "carol", realName: "Carol Clark" };
/** Known to nobody but Slack. */
export const dave: Person = { id: "U4", name: "dave", realName: "Dave Dunn" };
const everybody = [alice, bob, carol, dave].map(({ id }) => id);
export const incident: Channel = { id: "C1", name: "incident", members: everybody };
export const approvals: Channel = { id: "C2", name: "approvals", members: everybody };

/** Who they are to the house: alice is on call, bob and carol may approve. */
const listed = [
  { sub: "alice", groups: ["engineering", "oncall"], slack: [`${team}/U1`] },
  { sub: "bob", groups: ["engineering", "oncall", "sre"], slack: [`${team}/U2`] },
  { sub: "carol", groups: ["engineering", "sre"], slack: [`${team}/U3`] },
];

export type Mode = SlackSettings["mode"];

/** A log that keeps its lines, so that a test can look for what must never be in one. */
export function keptLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (event: string, facts: Facts = {}) => {
      lines.push(JSON.stringify({ level, event, ...facts }));
    };
  return { lines, info: write("info"), warn: write("warn"), error: write("error") };
}

export interface House {
  readonly slack: SlackDouble;
  /** The adapters under test, one per replica; all share one record. */
  readonly replicas: readonly Slack[];
  readonly settings: SlackSettings;
  readonly ports: SlackPorts;
  readonly log: ReturnType<typeof keptLog>;
  readonly records: ReturnType<typeof fakeRecords>;
  readonly directory: ReturnType<typeof fakeDirectory>;
  readonly policy: ReturnType<typeof fakePolicy>;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly presence: FakePresence;
  readonly worker: Worker;
  /** When nothing is being shown any more and Slack shows the record as it is. */
  settled(): Promise<void>;
  /** The only request there is. */
  request(): Promise<Request>;
  code(subject: string, timeStep?: number): string;
  close(): Promise<void>;
}

/** What the worker does to the record, without a cluster. */
export interface Worker {
  plan(change?: Partial<Plan>): Promise<Request>;
  event(event: RequestEvent): Promise<Request>;
  claim(): Promise<Request>;
  intend(): Promise<Request>;
  progress(progress: Omit<Progress, "at">): Promise<Request>;
  finish(as: "succeeded" | "failed" | "unknown", outcome?: Partial<Outcome>, answer?: string): Promise<Request>;
}

export interface HouseOptions {
  readonly mode?: Mode;
  readonly replicas?: number;
  readonly once?: Once;
  readonly trail?: (trail: Trail) => Trail;
  readonly channels?: readonly Channel[];
  readonly people?: readonly Person[];
  /** Leads to a page of ours, where everybody has a passkey; there is none when absent. */
  readonly stepUpAddress?: SlackPorts["stepUpAddress"];
  /** Leads to where people link their account; nobody can when absent. */
  readonly linkAddress?: SlackPorts["linkAddress"];
}

/** Opens the adapter on the Slack double, with the real core and fakes for everything outside. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { mode = "socket" } = options;
  const slack = await startSlackDouble({
    teamId: team,
    people: options.people ?? [alice, bob, carol, dave],
    channels: options.channels ?? [incident, approvals],
  });
  const clock = fakeClock();
  const records = fakeRecords(clock);
  const directory = fakeDirectory(listed);
  const policy = fakePolicy();
  const presence = fakePresence(clock, ["demo", "other"]);
  const chance = fakeChance();
  const log = keptLog();
  const subjects = listed.map(({ sub }) => sub);
  for (const subject of subjects) records.store.enrol(subject, credentialOf(subject));

  const shown = new Set<string>();
  const showing = new Set<Promise<void>>();
  const replicas: Slack[] = [];
  const show = (id: string) => {
    shown.add(id);
    const work = (replicas[showing.size % Math.max(1, replicas.length)]?.show(id) ?? Promise.resolve()).finally(() => {
      showing.delete(work);
    });
    showing.add(work);
  };
  const wake = fakeWake(show);
  const store = believing(records.store, attestor);
  const mover = createMover({ store, wake, chance });
  const trail = options.trail?.(records.trail) ?? records.trail;
  const desk: Desk = {
    store,
    trail,
    wake,
    presence,
    chance,
    directory,
    slackGroups: fakeSlackGroups(),
    policy,
    authenticators: new Map([
      ["totp", fakeAuthenticator(subjects)],
      ...(options.stepUpAddress ? [["passkey", { ...fakeAuthenticator(subjects), name: "passkey" }] as const] : []),
    ]),
    witness: fakeWitness(),
    attestor,
    signer,
    lifetimes: { request: 1_800_000, challenge: 300_000, execution: 300_000 },
    mover,
  };
  const lifecycle = createLifecycle(desk);

  const settings: SlackSettings = {
    mode,
    botToken: slack.botToken,
    appToken: slack.appToken,
    signingSecret: slack.signingSecret,
    appId: slack.appId,
    teams: [team],
    command: "/k8s",
    approvalsChannel: approvals.id,
    securityChannel: approvals.id,
    host: "127.0.0.1",
    port: 0,
    slackApiUrl: slack.apiUrl,
    clusters: ["demo", "other"],
    defaultCluster: "demo",
    pace: false,
  };
  const ports = {
    lifecycle,
    brake: createBrake(desk, records.freezes),
    store,
    showcase: records.showcase,
    once: options.once ?? fakeOnce(clock),
    directory,
    trail,
    log,
    ...(options.stepUpAddress ? { stepUpAddress: options.stepUpAddress } : {}),
    ...(options.linkAddress ? { linkAddress: options.linkAddress } : {}),
  };
  for (let i = 0; i < (options.replicas ?? 1); i++) replicas.push(await openSlack(settings, ports));
  if (mode === "http") slack.setRequestUrl(replicas[0]?.address);
  await slack.ready();

  const only = async (): Promise<Request> => {
    const ids = await Promise.all(subjects.map((subject) => records.store.of(subject, 10)));
    const [id, ...others] = ids.flat();
    if (id === undefined || others.length > 0) throw new Error(`there are ${ids.flat().length} requests, not one`);
    const stored = await records.store.read(id);
    if (!stored) throw new Error(`the request ${id} is gone`);
    return stored.request;
  };
  const event = async (happened: RequestEvent): Promise<Request> => {
    const { id } = await only();
    const moved = await mover.move(id, () => ({ event: happened }));
    if ("refused" in moved) throw new Error(`${happened.type}: ${moved.says}`);
    return moved;
  };
  const leaseUntil = () => clock.now() + 30_000;

  return {
    slack,
    replicas,
    settings,
    ports,
    log,
    records,
    directory,
    policy,
    clock,
    presence,
    request: only,
    code: (subject, timeStep = 1) => codeAt(subject, timeStep),
    worker: {
      event,
      async plan(change = {}) {
        const request = await only();
        const { id } = request;
        const plan = { ...planOf(request.operation, clock.now()), ...change };
        await event({ type: "planned", plan, digest: digestOf(askerOf(request), plan) });
        await lifecycle.advance(id);
        return only();
      },
      claim: () => event({ type: "claimed", claim: { worker: "worker@lab/1", fence: 1, leaseUntil: leaseUntil() } }),
      intend: () =>
        event({
          type: "intended",
          fence: 1,
          intent: { step: 0, resourceVersion: "42" },
          leaseUntil: leaseUntil(),
        }),
      progress: (progress) =>
        event({ type: "progressed", fence: 1, leaseUntil: leaseUntil(), progress: { at: clock.now(), ...progress } }),
      finish: (as, outcome = {}, answer) =>
        event({
          type: "finished",
          fence: 1,
          as,
          outcome: { at: clock.now(), says: "done, and rolled out", apiAuditIds: ["audit-1"], ...outcome },
          ...(answer === undefined ? {} : { answer }),
        }),
    },
    async settled() {
      while (showing.size > 0) await Promise.all(showing);
      for (const id of shown) await replicas[0]?.show(id);
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.close()));
      await slack.close();
    },
  };
}

/** A plan as the worker makes it. */
export function planOf(operation: Request["operation"], readAt: number): Plan {
  const target = isChange(operation) ? operation.target : undefined;
  return {
    operation,
    ...(target
      ? {
          object: {
            apiVersion: "apps/v1",
            kind: target.kind,
            ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
            name: target.name,
            uid: "0b7a5a1e-0000-4000-8000-000000000001",
          },
        }
      : {}),
    changes: [{ field: "restartedAt", from: "never restarted", to: "the time of the grant" }],
    binding: { template: "abc" },
    effects: ["All 3 pods are replaced, at most 1 missing at once."],
    facts: { replicas: 3, labels: {} },
    live: { readAt, resourceVersion: "41", ready: 3, total: 3, warnings: ["No disruption budget covers it."] },
  };
}

// ---- what people see ----

/** Every text of a message or view, in reading order. */
export function textOf(shown: unknown): string {
  if (typeof shown !== "object" || shown === null) return "";
  if (Array.isArray(shown)) return shown.map(textOf).join("\n");
  return Object.entries(shown)
    .map(([name, value]) => (name === "text" && typeof value === "string" ? value : textOf(value)))
    .filter((text) => text !== "")
    .join("\n");
}

/** The messages this person can see in a channel, as their texts. */
export function messagesOf(slack: SlackDouble, person: Person, channel: Channel): readonly Message[] {
  return slack
    .as(person.id)
    .see()
    .messages.filter((message) => message.channel === channel.id);
}

export function topView(slack: SlackDouble, person: Person): OpenView | undefined {
  return slack.as(person.id).see().views.at(-1);
}

/** The first message of a channel that has a button with this action id. */
export async function messageWith(slack: SlackDouble, channel: Channel, action: string): Promise<Message> {
  return until(slack, () =>
    messagesOf(slack, alice, channel).find(({ blocks }) => JSON.stringify(blocks).includes(`"action_id":"${action}"`)),
  );
}

export async function openView(slack: SlackDouble, person: Person, callback: string): Promise<OpenView> {
  return until(slack, () => {
    const top = topView(slack, person);
    return top?.view.callback_id === callback ? top : undefined;
  });
}

export async function viewSaying(slack: SlackDouble, person: Person, words: string): Promise<OpenView> {
  return until(slack, () => {
    const top = topView(slack, person);
    return top && textOf(top.view).includes(words) ? top : undefined;
  });
}

/** What only this person was told in a channel, or in their direct messages. */
export async function whisperSaying(slack: SlackDouble, person: Person, words: string): Promise<Message> {
  return until(slack, () =>
    slack
      .as(person.id)
      .see()
      .messages.find(
        (message) =>
          (message.ephemeralFor === person.id || message.channel.startsWith("D")) && textOf(message).includes(words),
      ),
  );
}
