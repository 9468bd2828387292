import assert from "node:assert/strict";
import { surfacesOf } from "../../../src/adapters/slack/surfaces.ts";
import type { Request } from "../../../src/request/request.ts";
import { events, happen, reviewEnd, stages } from "../../request/samples.ts";

describe("a broken glass, in Slack", () => {
  const of = (request: Request, key: string) => surfacesOf(request, "C0APPROVALS").filter((one) => one.key === key);
  const textOf = (shown: unknown) => JSON.stringify(shown);
  const notice = (request: Request) => textOf(of(request, "notice-C0SECURITY"));

  it("is told loudly as soon as it is decided: who, what, why, and what will be owed", () => {
    const said = notice(stages.glassBroken);
    for (const words of ["BREAK-GLASS: ", "Restart api in prod", "alice", "--break-glass rollout restart", "5xx since"])
      assert.ok(said.includes(words), words);
    assert.match(said, /Nobody approved it\. .*Review due by .*by somebody else of security/);
    assert.doesNotMatch(said, /"type":"button"/);
    assert.match(textOf(of(stages.glassBroken, "glass")), /BREAK-GLASS by alice: .*without anybody's approval/);
  });

  it("offers the review to everybody who sees it once it is over, and no longer than it is open", () => {
    for (const request of [stages.glassDone, stages.glassFailed, stages.glassUnknown, stages.glassSettled])
      for (const key of ["thread", "notice-C0SECURITY"])
        assert.match(textOf(of(request, key)), /"action_id":"reviewed"/, request.state);
    for (const request of [stages.glassBegun, stages.glassNotBegun, stages.glassReviewed, stages.succeeded])
      assert.doesNotMatch(textOf(surfacesOf(request, "C0APPROVALS")), /"action_id":"reviewed"/);
  });

  it("tells the channels once more when the review is overdue, and keeps that message true", () => {
    assert.deepEqual(of(stages.glassDone, "overdue-C0SECURITY"), []);
    const [overdue] = of(stages.glassOverdue, "overdue-C0SECURITY");
    assert.match(textOf(overdue), /Review overdue: Restart api in prod.*"action_id":"reviewed"/);
    const closed = happen(stages.glassOverdue, events.reviewed, reviewEnd + 2);
    assert.match(textOf(of(closed, "overdue-C0SECURITY")), /Reviewed.* by carol, .*it was right/);
    assert.equal(of(closed, "review-overdue").length, 1);
  });

  it("says who closed the review, how and with what words", () => {
    assert.match(notice(stages.glassReviewed), /Reviewed.* by carol, .*it was right/);
    assert.match(textOf(of(stages.glassReviewed, "review-closed")), /Reviewed by carol.* with TOTP, .*it was right/);
  });

  it("says that nothing is owed for what did not begin", () => {
    assert.match(notice(stages.glassNotBegun), /It did not begin, so there is nothing to review\./);
  });

  it("says none of this of what nobody broke the glass for", () => {
    assert.doesNotMatch(textOf(surfacesOf(stages.succeeded, "C0APPROVALS")), /BREAK-GLASS|[Rr]eview/);
  });
});
