import assert from "node:assert/strict";
import { surfacesOf } from "../../../src/adapters/slack/surfaces.ts";
import type { Requirements } from "../../../src/policy/policy.ts";
import type { Request } from "../../../src/request/request.ts";
import { allowed, events, live, stages } from "../../request/samples.ts";

const loud: Requirements = { notify: ["C0SECURITY", "C0LEADS"] };

describe("the channels that a tier tells", () => {
  const noticesOf = (request: Request) =>
    surfacesOf(request, "C0APPROVALS").filter(({ key }) => key.startsWith("notice-"));
  const decided = live(stages.planned, { ...events.decided, decision: allowed(loud) });

  it("each get one message, once the tier is known, that says what is asked, by whom and why", () => {
    assert.deepEqual(noticesOf(stages.planned), []);
    const notices = noticesOf(decided);
    assert.deepEqual(
      notices.map(({ key, channel, once }) => [key, channel, once]),
      [
        ["notice-C0SECURITY", "C0SECURITY", false],
        ["notice-C0LEADS", "C0LEADS", false],
      ],
    );
    const said = JSON.stringify(notices[0]?.blocks);
    for (const words of ["Restart api in prod", "tier critical", "alice", "5xx since the deploy", decided.id])
      assert.ok(said.includes(words), words);
    assert.doesNotMatch(said, /"type":"button"/);
  });

  it("see how it ended", () => {
    const [notice] = noticesOf(live(decided, events.cancelled));
    assert.match(notice?.text ?? "", /Cancelled by alice/);
  });

  it("are none where the tier names none", () => {
    assert.deepEqual(noticesOf(stages.proved), []);
  });
});
