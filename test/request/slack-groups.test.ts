import assert from "node:assert/strict";
import { isRefusal } from "../../src/operation/refusal.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { labPolicy } from "../fakes/policy.ts";
import { accepted, bob, erin, openDesk, restartIn, type TestDesk } from "./desk.ts";

const origin = { team: "T1", channel: "C1", user: "U1" };

describe("a requester whom Slack alone lists in a group", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
    desk.policy.replace({
      ...labPolicy,
      permit: labPolicy.permit.map((one) => ({ ...one, subjects: [...one.subjects, "group:pagers"] })),
      slackGroups: { pagers: "S1" },
    });
    desk.directory.put({ ...erin, slack: ["T1/U1"] });
    desk.slackGroups.put("S1", "U1");
  });

  const ask = () =>
    desk.lifecycle.ask({ subject: erin, origin, operation: restartIn("prod"), reason: "5xx since the deploy" });
  /** Up to the moment in which one more yes would have it granted. */
  const almost = async () => desk.asksAndProves(erin, restartIn("prod"));
  const approve = (id: string) => desk.lifecycle.approve(id, bob, responseAt("bob", 1));

  it("is granted what they ask for, and the grant says by which group", async () => {
    const { id } = await almost();
    const request = accepted(await approve(id));
    assert.equal(request.state, "granted");
    assert.deepEqual("grant" in request && request.grant.grant.slackGroups, ["pagers"]);
    assert.ok("decision" in request && request.decision.rules.includes("a user group in Slack"));
  });

  it("is asked of Slack about the account alone in which it is asked, while that speaks for them", async () => {
    desk.slackGroups.put("S1", "U2");
    assert.ok(isRefusal(await ask()));
    desk.slackGroups.put("S1", "U1");
    desk.directory.put(erin);
    assert.ok(isRefusal(await ask()));
    desk.directory.put({ ...bob, slack: ["T1/U1"] });
    assert.ok(isRefusal(await ask()));
  });

  it("is refused at the grant when they were taken out of the group, were unlinked, or Slack is away", async () => {
    let used = 0;
    for (const happens of [
      () => desk.slackGroups.put("S1"),
      () => desk.directory.put(erin),
      () => desk.slackGroups.leave(),
    ]) {
      desk.directory.put({ ...erin, slack: ["T1/U1"] });
      desk.slackGroups.put("S1", "U1");
      used++;
      const { id } = await desk.asksAndProves(erin, restartIn("prod"), used);
      happens();
      await desk.lifecycle.approve(id, bob, responseAt("bob", used));
      assert.equal((await desk.now({ id })).state, "denied");
    }
  });

  it("may not approve by it", async () => {
    desk.tier("privileged", { stepUp: {}, approvals: { count: 1, from: ["pagers"], stepUp: {} } });
    const { id } = await desk.asksAndProves(bob, restartIn("prod"));
    const no = await desk.lifecycle.approve(id, erin, responseAt("erin", 1));
    assert.equal(isRefusal(no) && no.refused, "not-an-approver");
  });
});
