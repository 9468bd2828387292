import type { Ack } from "./delivery/ack.ts";
import { Deliveries } from "./delivery/deliveries.ts";
import { SocketMode } from "./delivery/socket-mode.ts";
import { Directory } from "./directory.ts";
import { FaultPlan } from "./fault-plan.ts";
import { type HttpDoor, type Incoming, openHttpDoor, type Reply } from "./http-door.ts";
import { DEFAULT_SCOPES, installApp } from "./installation.ts";
import { MessageLog } from "./message-log.ts";
import { Modals } from "./modals.ts";
import type { Parts } from "./parts.ts";
import { PersonsHands, type Reach } from "./person/hands.ts";
import { ResponseUrls } from "./response-urls.ts";
import { Triggers } from "./triggers.ts";
import { Pace } from "./web-api/pace.ts";
import { WebApi } from "./web-api/web-api.ts";
import type { Answer, SlackDouble, SlackDoubleOptions } from "./workspace.ts";

/** Slack's time to acknowledge: facts/slack.md section 3. */
const ACK_WITHIN_MS = 3000;

/** Starts a workspace on a free loopback port, with one app installed that is not running yet. */
export async function startSlackDouble(options: SlackDoubleOptions = {}): Promise<SlackDouble> {
  const now = options.now ?? Date.now;
  const ackWithinMs = options.ackWithinMs ?? ACK_WITHIN_MS;
  const app = installApp(options.teamId ?? "T0LAB", options.scopes ?? DEFAULT_SCOPES, options.commands ?? ["/k8s"]);
  const { changed, onChange, version } = changes();
  const door: HttpDoor = await openHttpDoor((incoming) => answer(incoming));
  const sockets = new SocketMode(door.server, app.appId, ackWithinMs);
  const parts: Parts = {
    app,
    now,
    directory: new Directory(app, changed),
    messages: new MessageLog(now, changed),
    modals: new Modals(now, changed),
    triggers: new Triggers(now),
    pace: options.pace ? new Pace(now) : undefined,
    socketUrl: () => `ws://127.0.0.1:${door.port}${sockets.issuePath()}`,
  };
  const faults = new FaultPlan(() => sockets.refresh());
  const api = new WebApi(parts, faults);
  const responseUrls = new ResponseUrls(parts, faults, (...call) => api.record(...call));
  const deliveries = new Deliveries(sockets, faults, app.signingSecret, now, ackWithinMs);
  const addressOf = (path: string) => `http://127.0.0.1:${door.port}${path}`;
  const reach: Reach = { parts, deliveries, responseUrls, addressOf, version };
  const hands = new Map<string, PersonsHands>();
  for (const person of options.people ?? []) parts.directory.putPerson(person);
  for (const channel of options.channels ?? []) parts.directory.putChannel(channel);

  function answer(incoming: Incoming): Reply {
    const method = incoming.path.match(/^\/api\/([\w.]+)/)?.[1];
    return method ? api.answer(method, incoming) : responseUrls.answer(incoming.path, incoming.body);
  }

  function handsOf(personId: string): PersonsHands {
    if (!parts.directory.person(personId)) throw new Error(`nobody in the workspace has the id ${personId}`);
    const known = hands.get(personId) ?? new PersonsHands(personId, reach);
    hands.set(personId, known);
    return known;
  }

  return {
    apiUrl: addressOf("/api/"),
    teamId: app.teamId,
    appId: app.appId,
    botUserId: app.botUserId,
    botToken: app.botToken,
    appToken: app.appToken,
    signingSecret: app.signingSecret,
    faults,
    calls: api.calls,
    deliveries: deliveries.log,
    setRequestUrl: (url) => {
      deliveries.requestUrl = url;
    },
    addPerson: (person) => parts.directory.putPerson(person),
    addChannel: (channel) => parts.directory.putChannel(channel),
    changePerson: (id, change) => parts.directory.putPerson({ ...existing(parts.directory.person(id), id), ...change }),
    changeChannel: (id, change) =>
      parts.directory.putChannel({ ...existing(parts.directory.channel(id), id), ...change }),
    setUserGroup: (id, handle, members, { disabled = false } = {}) =>
      parts.directory.putGroup({ id, handle, members, disabled }),
    as: handsOf,
    deliver: async (delivery, change) => answerOf(await deliveries.resend(delivery, change)),
    onChange,
    ready: () => deliveries.ready(),
    close: async () => {
      deliveries.stop();
      await sockets.close();
      await door.close();
    },
  };
}

/** Counts changes and tells who listens. */
function changes() {
  const listeners = new Set<() => void>();
  let count = 0;
  return {
    changed: () => {
      count += 1;
      for (const listener of listeners) listener();
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    version: () => count,
  };
}

function existing<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`the workspace has no ${id}`);
  return found;
}

function answerOf(ack: Ack): Answer {
  return ack.ok ? { ok: true } : { ok: false, error: ack.reason };
}
