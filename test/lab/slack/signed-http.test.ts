import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { type RunningApp, startBoltApp } from "./bolt-app.ts";
import { startSlackDouble } from "./slack-double.ts";
import type { Delivery, SlackDouble } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
  { id: "U3", name: "mallory", realName: "Mallory", teamId: "T9" },
];
const CHANNELS = [
  { id: "C1", name: "ops", members: ["U1", "U2", "U3"] },
  { id: "G1", name: "secret", isPrivate: true, members: ["U1"] },
];

describe("signed requests of the Slack double", () => {
  let slack: SlackDouble;
  let running: RunningApp;
  let heard: number;
  let now: number;

  beforeEach(async () => {
    heard = 0;
    now = Date.now();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, now: () => now });
    running = await startBoltApp(slack, "http", (app) => {
      app.command("/k8s", async ({ ack }) => {
        heard += 1;
        await ack();
      });
    });
  });

  afterEach(async () => {
    await running.stop();
    await slack.close();
  });

  async function delivered(): Promise<Required<Pick<Delivery, "http">> & Delivery> {
    await slack.as("U1").command("C1", "/k8s help");
    const delivery = slack.deliveries.at(-1);
    if (!delivery?.http) throw new Error("the command went over HTTP");
    return { ...delivery, http: delivery.http };
  }

  it("carry Slack's v0 signature over the exact body, and a bare content type", async () => {
    const { headers, body } = (await delivered()).http;
    const base = `v0:${headers["X-Slack-Request-Timestamp"]}:${body}`;
    const signature = createHmac("sha256", slack.signingSecret).update(base).digest("hex");
    assert.equal(headers["X-Slack-Signature"], `v0=${signature}`);
    assert.equal(headers["Content-Type"], "application/x-www-form-urlencoded");
  });

  it("are refused by Bolt when forged or old", async () => {
    const { http, ...delivery } = await delivered();
    const forged = { ...delivery, http: { ...http, body: http.body.replace("help", "halp") } };
    assert.deepEqual(await slack.deliver(forged), { ok: false, error: "http_client_error" });
    now -= 6 * 60_000;
    const stale = await slack.deliver(delivery, () => {});
    assert.deepEqual(stale, { ok: false, error: "http_client_error" });
    assert.equal(heard, 1);
  });

  it("of an event come again at once, marked as a retry, when the app failed", async () => {
    const tries: unknown[] = [];
    const retried = Promise.withResolvers<void>();
    const failing = createServer((request, response) => {
      tries.push([request.headers["x-slack-retry-num"], request.headers["x-slack-retry-reason"]]);
      response.writeHead(tries.length === 1 ? 500 : 200).end();
      if (tries.length === 2) retried.resolve();
    });
    await new Promise<void>((resolve) => failing.listen(0, "127.0.0.1", resolve));
    const mentioned = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, scopes: ["app_mentions:read"] });
    mentioned.setRequestUrl(`http://127.0.0.1:${Object(failing.address()).port}/`);
    mentioned.as("U1").say("C1", "@countersign hello");
    await retried.promise;
    assert.deepEqual(tries, [
      [undefined, undefined],
      ["1", "http_error"],
    ]);
    await mentioned.close();
    failing.close();
  });

  it("fail to be dispatched when nobody listens", async () => {
    slack.setRequestUrl("http://127.0.0.1:9/slack/events");
    const { error } = await slack.as("U1").command("C1", "/k8s help");
    assert.equal(error, '/k8s failed with the error "dispatch_failed"');
  });
});
