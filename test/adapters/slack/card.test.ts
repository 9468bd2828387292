import assert from "node:assert/strict";
import { cardOf } from "../../../src/adapters/slack/card.ts";
import type { AwaitingApproval } from "../../../src/request/request.ts";
import { events, inState, live, stages } from "../../request/samples.ts";

const next = [
  { count: 1, from: ["security"] },
  { count: 2, from: ["leads", "owners"] },
];
const approvals = { count: 1, from: ["sre"], next };

describe("the card of a request whose approvals come in stages", () => {
  const proved = inState(stages.proved, "awaiting-approval");
  const staged: AwaitingApproval = {
    ...proved,
    decision: { ...proved.decision, requirements: { stepUp: {}, approvals } },
  };
  const said = (request: AwaitingApproval) => JSON.stringify(cardOf(request, "C0APPROVALS").blocks);

  it("says which stage is open, and what comes after it", () => {
    assert.ok(
      said(staged).includes(
        "stage 1 of 3 is open: 0 of 1, from sre; then 1 from security; then 2 from leads or owners",
      ),
      said(staged),
    );
    const once = inState(live(staged, events.approvedByBob), "awaiting-approval");
    assert.ok(said(once).includes("stage 2 of 3 is open: 0 of 1, from security; then 2 from leads or owners"));
  });
});
