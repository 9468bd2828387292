import assert from "node:assert/strict";
import { openClients } from "../../../src/adapters/slack/clients.ts";
import { createMembers } from "../../../src/adapters/slack/members.ts";
import { createOutbox } from "../../../src/adapters/slack/outbox.ts";
import { quietLogger } from "../../../src/adapters/slack/quiet-logger.ts";
import { createRecall } from "../../../src/adapters/slack/recall.ts";
import { createShower, type Shower } from "../../../src/adapters/slack/show.ts";
import type { Showcase } from "../../../src/ports.ts";
import type { Request } from "../../../src/request/request.ts";
import { namespace, sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { fakeRecords } from "../../fakes/records.ts";
import { startSlackDouble } from "../../lab/slack/slack-double.ts";
import type { Message, SlackDouble } from "../../lab/slack/workspace.ts";
import { alice, approvals, bob, incident, keptLog, textOf } from "./house.ts";
import { livesOf } from "./lives.ts";

const id = "r-abcd234567";
/** A channel that a tier tells. */
const leads = { ...approvals, id: "C0LEADS", name: "leads" };

describe("showing a request", () => {
  let slack: SlackDouble;
  let clock: ReturnType<typeof fakeClock>;
  let records: ReturnType<typeof fakeRecords>;
  let log: ReturnType<typeof keptLog>;
  let shower: Shower;

  beforeEach(async () => {
    clock = fakeClock();
    await startSlack();
    records = fakeRecords(clock);
    log = keptLog();
    shower = open();
  });
  afterEach(() => slack.close());

  async function startSlack(scopes?: readonly string[]): Promise<void> {
    const people = { people: [alice, bob], channels: [incident, approvals, leads] };
    slack = await startSlackDouble({ ...people, now: () => clock.now(), ...(scopes ? { scopes } : {}) });
  }

  function open(showcase: Showcase = records.showcase, pace = false): Shower {
    const { outbox } = openClients({ botToken: slack.botToken, slackApiUrl: slack.apiUrl }, quietLogger(log));
    const recall = createRecall(outbox, slack.appId);
    const brake = records.freezes;
    const members = createMembers(outbox, () => clock.now());
    const ports = { showcase, store: records.store, brake, members, outbox: createOutbox(outbox), recall, log };
    return createShower(ports, { approvalsChannel: approvals.id, pace });
  }

  async function keep(next: Request): Promise<void> {
    const expect = records.store.versionOf(next.id);
    const { event } = sampleStep("", sampleRequest(next.id));
    const answer = await records.store.keep({ operationId: `keep ${expect}`, next, expect, event });
    assert.ok(answer.kept);
  }

  const life = (state: Request["state"]): Request => {
    const found = livesOf().find((request) => request.state === state);
    assert.ok(found);
    return found;
  };
  const messages = (): readonly Message[] => slack.as(alice.id).see().messages;
  const callsOf = (method: string) => slack.calls.filter((call) => call.method === method);
  const keysPosted = () => Object.keys(records.showcase.postedOf(id));
  const waiting = () => records.showcase.waiting(0, 10);

  it("posts everything once, however often it is asked", async () => {
    await keep(life("succeeded"));
    await shower.show(id);
    const first = messages().length;
    assert.equal(first, 11);
    await shower.show(id);
    await Promise.all([shower.show(id), shower.show(id), open().show(id)]);
    assert.equal(messages().length, first);
    assert.equal(callsOf("chat.update").length, 0);
    clock.pass(10_000);
    assert.deepEqual(await waiting(), []);
  });

  it("edits what differs, where it stands, and takes the buttons away", async () => {
    await keep(life("awaiting-approval"));
    await shower.show(id);
    const card = messages().find(({ channel }) => channel === approvals.id);
    assert.ok(JSON.stringify(card?.blocks).includes('"action_id":"review"'));
    await keep(life("denied"));
    await shower.show(id);
    const after = messages().find(({ ts }) => ts === card?.ts);
    assert.doesNotMatch(JSON.stringify(messages().map(({ blocks }) => blocks)), /"type":"button"/);
    assert.ok(after && textOf(after.blocks).includes("Restart api in prod"));
  });

  it("never unfurls, links names or leaves the text away", async () => {
    await keep(life("failed"));
    await shower.show(id);
    for (const { args } of callsOf("chat.postMessage")) {
      assert.deepEqual([args["unfurl_links"], args["unfurl_media"], args["link_names"]].map(String), [
        "false",
        "false",
        "false",
      ]);
      assert.equal(args["parse"], "none");
      assert.ok(String(args["text"]).length > 0);
    }
  });

  it("shows a failure in the channel as well as in the thread", async () => {
    await keep(life("failed"));
    await shower.show(id);
    const loud = callsOf("chat.postMessage").filter(({ args }) => String(args["reply_broadcast"]) === "true");
    assert.deepEqual(
      loud.map(({ args }) => /^(Failed)/.exec(String(args["text"]))?.[1]),
      ["Failed"],
    );
  });

  it("is done by one process at a time", async () => {
    await keep(life("succeeded"));
    await Promise.all(Array.from({ length: 6 }, () => open().show(id)));
    assert.equal(new Set(callsOf("chat.postMessage").map(({ args }) => JSON.stringify(args))).size, messages().length);
    assert.equal(messages().length, 11);
  });

  it("stops when its lease is lost, and leaves the rest to the one who has it", async () => {
    await keep(life("succeeded"));
    const put: Showcase["put"] = async (showing, surface, posted) => {
      clock.pass(60_000);
      return records.showcase.put(showing, surface, posted);
    };
    await open({ ...records.showcase, put }).show(id);
    assert.equal(messages().length, 1);
    assert.deepEqual(keysPosted(), []);
  });

  /** Shows it in a process that is killed after its post number `fatal` and before that is remembered. */
  async function showUntilKilled(fatal: number): Promise<void> {
    const before = keysPosted().length;
    const put: Showcase["put"] = async (showing, surface, posted) => {
      if (keysPosted().length === before + fatal - 1) throw new Error("the process died");
      return records.showcase.put(showing, surface, posted);
    };
    await open({ ...records.showcase, put }).show(id);
    assert.equal(messages().length, before + fatal);
    clock.pass(60_000);
  }

  for (const fatal of [1, 2, 5, 11])
    it(`posts nothing twice when a process is killed between its post number ${fatal} and remembering it`, async () => {
      await keep(life("succeeded"));
      await showUntilKilled(fatal);
      await shower.show(id);
      assert.equal(messages().length, 11);
      assert.deepEqual(await waiting(), []);
    });

  it("edits a first message that a killed process posted, so that none is left at an earlier state", async () => {
    await keep(life("awaiting-challenge"));
    await showUntilKilled(1);
    await keep(life("denied"));
    await shower.show(id);
    const roots = messages().filter(({ channel, threadTs }) => channel === incident.id && threadTs === undefined);
    assert.equal(roots.length, 1);
    assert.match(textOf(roots[0]?.blocks ?? []), /Denied/);
    assert.doesNotMatch(JSON.stringify(messages().map(({ blocks }) => blocks)), /"type":"button"/);
  });

  it("looks for nothing where every process lived to remember", async () => {
    await keep(life("awaiting-approval"));
    await shower.show(id);
    await keep(life("succeeded"));
    await shower.show(id);
    assert.deepEqual([callsOf("conversations.history"), callsOf("conversations.replies")], [[], []]);
  });

  it("posts nothing until it could look for what was posted", async () => {
    await keep(life("succeeded"));
    await showUntilKilled(1);
    slack.faults.rateLimit("conversations.history", 7);
    await shower.show(id);
    assert.equal(messages().length, 1);
    clock.pass(7_000);
    assert.deepEqual(await waiting(), [id]);
    slack.faults.fail("conversations.history", 503);
    await shower.show(id);
    assert.equal(messages().length, 1);
    clock.pass(5_000);
    assert.deepEqual(await waiting(), [id]);
    await shower.show(id);
    assert.equal(messages().length, 11);
  });

  it("posts a message twice, and says so, where it may not look for it", async () => {
    await slack.close();
    await startSlack(["chat:write"]);
    shower = open();
    await keep(life("succeeded"));
    await showUntilKilled(1);
    await shower.show(id);
    assert.equal(messages().length, 12);
    assert.ok(log.lines.some((line) => line.includes("did not let us look") && line.includes("missing_scope")));
  });

  it("waits as long as Slack asks, and looks again then", async () => {
    await keep(life("succeeded"));
    slack.faults.rateLimit("chat.postMessage", 7);
    await shower.show(id);
    assert.equal(messages().length, 0);
    assert.equal(await records.showcase.reserve(incident.id, 0), 7_000);
    assert.deepEqual(await waiting(), []);
    clock.pass(7_000);
    assert.deepEqual(await waiting(), [id]);
    await shower.show(id);
    assert.equal(messages().length, 11);
  });

  it("posts a message once though Slack's reply was lost", async () => {
    await keep(life("succeeded"));
    slack.faults.loseReply("chat.postMessage");
    await shower.show(id);
    assert.equal(messages().length, 1);
    clock.pass(5_000);
    assert.deepEqual(await waiting(), [id]);
    await shower.show(id);
    assert.equal(messages().length, 11);
    const [root] = messages();
    assert.ok(
      messages()
        .slice(1)
        .every(({ threadTs, channel }) => threadTs === root?.ts || channel === approvals.id),
    );
  });

  it("comes back after a fault on Slack's side, and never throws", async () => {
    await keep(life("succeeded"));
    slack.faults.fail("chat.postMessage", 503);
    await shower.show(id);
    clock.pass(5_000);
    assert.deepEqual(await waiting(), [id]);
  });

  it("does all it can when one channel does not take it, and tries that again later", async () => {
    slack.changeChannel(approvals.id, { botAbsent: true });
    await keep(life("succeeded"));
    await shower.show(id);
    assert.equal(messages().length, 10);
    assert.ok(!keysPosted().includes("card"));
    clock.pass(30_000);
    assert.deepEqual(await waiting(), [id]);
    slack.changeChannel(approvals.id, { botAbsent: false });
    await shower.show(id);
    assert.ok(keysPosted().includes("card"));
  });

  it("attack: says no word in a channel that the policy names and people outside of the workspace can read, and says so in the log", async () => {
    const request = life("succeeded");
    assert.ok("decision" in request && request.decision);
    const { decision } = request;
    const requirements = { ...decision.requirements, notify: [leads.id] };
    await keep({ ...request, decision: { ...decision, requirements } } as Request);
    const inLeads = () =>
      slack
        .as(bob.id)
        .see()
        .messages.filter(({ channel }) => channel === leads.id);
    slack.changeChannel(leads.id, { isExtShared: true });
    await shower.show(id);
    assert.deepEqual(inLeads(), []);
    assert.ok(messages().length > 1, "what else there is to say is said");
    assert.ok(log.lines.some((line) => line.includes("nothing is posted in a channel")));
    slack.changeChannel(leads.id, { isExtShared: false });
    clock.pass(60_001);
    await shower.show(id);
    assert.equal(inLeads().length, 1);
  });

  it("gives up on a channel an hour after the request was over", async () => {
    slack.changeChannel(approvals.id, { botAbsent: true });
    await keep(life("succeeded"));
    clock.pass(3_700_000);
    await shower.show(id);
    clock.pass(60_000);
    assert.deepEqual(await waiting(), []);
  });

  it("shows the bare text where Slack finds fault with the blocks", async () => {
    await keep(life("awaiting-approval"));
    slack.faults.refuse("chat.postMessage", "invalid_blocks");
    await shower.show(id);
    const [root] = messages();
    assert.deepEqual(
      root?.blocks.map(({ type }) => type),
      ["section", "actions"],
    );
    assert.ok(log.lines.some((line) => line.includes("slack finds fault with our blocks")));
  });

  it("posts anew what somebody deleted", async () => {
    await keep(life("awaiting-challenge"));
    await shower.show(id);
    slack.faults.refuse("chat.update", "message_not_found");
    await keep(life("granted"));
    await shower.show(id);
    const roots = messages().filter(({ channel, threadTs }) => channel === incident.id && threadTs === undefined);
    assert.equal(roots.length, 2);
  });

  it("answers a read in direct messages when the app is not in the channel", async () => {
    const [succeeded] = livesOf({
      operation: { kind: "get", cluster: "demo", resource: "pods", namespace: namespace("prod") },
      approvals: 0,
      stepUp: false,
    }).filter(({ state }) => state === "succeeded");
    assert.ok(succeeded);
    slack.changeChannel(incident.id, { botAbsent: true });
    await keep({ ...succeeded, answer: "NAME  READY\napi-1  1/1" } as Request);
    await shower.show(id);
    const [answer] = messages();
    assert.equal(answer?.channel, "D1");
    assert.ok(textOf(answer.blocks).includes("api-1  1/1"));
    assert.equal(slack.as(bob.id).see().messages.length, 0);
  });

  it("reserves a slot for each post of a channel, and none for what only one person sees", async () => {
    await keep(life("awaiting-challenge"));
    const reserved: string[] = [];
    const reserve: Showcase["reserve"] = async (channel) => {
      reserved.push(channel);
      return 0;
    };
    await open({ ...records.showcase, reserve }, true).show(id);
    assert.deepEqual(reserved, Array(3).fill(incident.id));
  });

  it("shows nothing of a request that does not exist", async () => {
    await shower.show("r-nobody");
    assert.equal(slack.calls.length, 0);
    assert.ok(await records.showcase.take("r-nobody", 1));
  });

  it("ends its round when told to stop, and leaves the rest waiting", async () => {
    await keep(life("succeeded"));
    shower.stop();
    await shower.show(id);
    assert.equal(messages().length, 0);
    assert.deepEqual(await waiting(), [id]);
  });
});
