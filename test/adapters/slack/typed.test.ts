import assert from "node:assert/strict";
import { typedText } from "../../../src/adapters/slack/typed.ts";

describe("typedText", () => {
  const cases: readonly (readonly [name: string, sent: string, typed: string])[] = [
    [
      "leaves plain words alone",
      "scale deploy/api --replicas=3 -n prod -- busy",
      "scale deploy/api --replicas=3 -n prod -- busy",
    ],
    ["takes Slack's escapes back, once", "a &amp;lt; b &lt; c &gt; d", "a &lt; b < c > d"],
    ["keeps the id of a person and not the name", "ask <@U2|bob> or <@U3>", "ask @U2 or @U3"],
    ["keeps the id of a channel", "see <#C1|incident>", "see #C1"],
    [
      "takes back the link Slack makes of a name",
      "deploy/<http://api.prod.dev|api.prod.dev> -n x",
      "deploy/api.prod.dev -n x",
    ],
    [
      "keeps the address of a link that has no other text",
      "see <https://wiki.example/x?a=1&amp;b=2>",
      "see https://wiki.example/x?a=1&b=2",
    ],
  ];
  for (const [name, sent, typed] of cases) it(name, () => assert.equal(typedText(sent), typed));
});
