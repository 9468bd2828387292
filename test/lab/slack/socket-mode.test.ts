import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import { startSlackDouble } from "./slack-double.ts";
import { webClient } from "./web-client.ts";
import type { SlackDouble } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
  { id: "U3", name: "mallory", realName: "Mallory", teamId: "T9" },
];
const CHANNELS = [
  { id: "C1", name: "ops", members: ["U1", "U2", "U3"] },
  { id: "G1", name: "secret", isPrivate: true, members: ["U1"] },
];

describe("Socket Mode connections of the Slack double", () => {
  let slack: SlackDouble;
  let sockets: WebSocket[];

  /** A connection that writes down what it hears and acknowledges everything. */
  async function connect(): Promise<{ heard: Record<string, unknown>[]; socket: WebSocket; url: string }> {
    const { url = "" } = await webClient(slack, slack.appToken).apps.connections.open();
    const socket = new WebSocket(url);
    sockets.push(socket);
    const heard: Record<string, unknown>[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data) => {
        const message = JSON.parse(data.toString());
        heard.push(message);
        if (message.type === "hello") resolve();
        if (message.envelope_id) socket.send(JSON.stringify({ envelope_id: message.envelope_id, payload: {} }));
      });
    });
    return { heard, socket, url };
  }

  beforeEach(async () => {
    sockets = [];
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, ackWithinMs: 200 });
  });

  afterEach(async () => {
    for (const socket of sockets) socket.terminate();
    await slack.close();
  });

  const texts = (heard: Record<string, unknown>[]) =>
    heard.filter(({ type }) => type === "slash_commands").map(({ payload }) => Object(payload).text);

  it("take turns: each envelope goes to one of them", async () => {
    const one = await connect();
    const two = await connect();
    for (const text of ["a", "b", "c"]) assert.equal((await slack.as("U1").command("C1", `/k8s ${text}`)).ok, true);
    assert.deepEqual([texts(one.heard), texts(two.heard)], [["a", "c"], ["b"]]);
    assert.equal(one.heard[0]?.["num_connections"], 1);
    assert.equal(two.heard[0]?.["num_connections"], 2);
  });

  it("are greeted once for each address", async () => {
    const { url } = await connect();
    const again = new WebSocket(url);
    sockets.push(again);
    const refused = await new Promise<Error>((resolve) => again.on("error", resolve));
    assert.match(refused.message, /403/);
  });

  it("get nothing more after they were told to refresh", async () => {
    const old = await connect();
    const told = once(old.socket, "message");
    slack.faults.refreshSockets();
    await told;
    assert.match((await slack.as("U1").command("C1", "/k8s lost")).error ?? "", /dispatch_failed/);
    assert.equal(old.heard.at(-1)?.["reason"], "refresh_requested");
    const fresh = await connect();
    await slack.as("U1").command("C1", "/k8s found");
    assert.deepEqual([texts(old.heard), texts(fresh.heard)], [[], ["found"]]);
  });

  it("get an envelope again under the same id", async () => {
    const { heard } = await connect();
    await slack.as("U1").command("C1", "/k8s a");
    const [delivery] = slack.deliveries;
    if (delivery) await slack.deliver(delivery);
    const [, first, second] = heard;
    assert.equal(first?.["envelope_id"], second?.["envelope_id"]);
    assert.deepEqual(first?.["payload"], second?.["payload"]);
  });

  it("make the double ready", async () => {
    const ready = slack.ready();
    await connect();
    await ready;
  });

  it("are all gone when nobody is connected: a command cannot be dispatched", async () => {
    const { error } = await slack.as("U1").command("C1", "/k8s help");
    assert.equal(error, '/k8s failed with the error "dispatch_failed"');
  });
});
