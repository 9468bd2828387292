import assert from "node:assert/strict";
import { startSlackDouble } from "./slack-double.ts";
import type { SlackDouble } from "./workspace.ts";

describe("what a person types, as Slack sends it on", () => {
  let slack: SlackDouble;

  before(async () => {
    slack = await startSlackDouble({
      people: [{ id: "U1", name: "alice", realName: "Alice Adams" }],
      channels: [{ id: "C1", name: "ops", members: ["U1"] }],
    });
  });

  after(() => slack.close());

  for (const [typed, sent] of [
    ["get pods -n prod", "get pods -n prod"],
    ["elevate @alice view", "elevate <@U1|alice> view"],
    ["elevate @nobody view", "elevate @nobody view"],
    ["tell #ops now", "tell <#C1|ops> now"],
    ["tell #nowhere", "tell #nowhere"],
    ["-- 5xx > 3% & rising <b>", "-- 5xx &gt; 3% &amp; rising &lt;b&gt;"],
    ["see https://status.example.com/i?a=1&b=2 now", "see <https://status.example.com/i?a=1&amp;b=2> now"],
    [
      "set image registry.example.com/api:1.2",
      "set image <http://registry.example.com/api:1.2|registry.example.com/api:1.2>",
    ],
    ["mail bob@example.com", "mail bob@example.com"],
    ["\u201cquoted\u201d \u2014 reason", "\u201cquoted\u201d \u2014 reason"],
  ] as const)
    it(`${typed} becomes ${sent}`, async () => {
      await slack.as("U1").command("C1", `/k8s ${typed}`);
      assert.equal(slack.deliveries.at(-1)?.payload["text"], sent);
    });
});
