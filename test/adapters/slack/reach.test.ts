import assert from "node:assert/strict";
import { surfacesOf } from "../../../src/adapters/slack/surfaces.ts";
import type { Requirements } from "../../../src/policy/policy.ts";
import type { Request } from "../../../src/request/request.ts";
import { allowed, events, live, stages } from "../../request/samples.ts";

const two: Requirements = { approvals: { count: 2, from: ["sre"] } };

describe("who can approve, in the thread", () => {
  const said = (requirements: Requirements, approvers: readonly (readonly string[])[]) => {
    const request = live(stages.planned, { ...events.decided, decision: allowed(requirements), approvers });
    return wordsOf(request);
  };
  const wordsOf = (request: Request) => {
    const [surface, ...more] = surfacesOf(request, "C0APPROVALS").filter(({ key }) => key === "approvers");
    assert.equal(more.length, 0);
    return surface?.text;
  };

  it("is named by group and by name", () => {
    assert.equal(said(two, [["bob", "carol"]]), "Can approve: 2 of sre: bob, carol");
    const next = [{ count: 1, from: ["security", "leads"] }];
    const staged = { approvals: { count: 1, from: ["sre"], next } };
    assert.equal(said(staged, [["bob"], ["carol"]]), "Can approve: 1 of sre: bob; 1 of security or leads: carol");
  });

  it("is said to be too few at once, or nobody", () => {
    assert.equal(said(two, [["bob"]]), "Nobody can complete the approvals now: 2 of sre: only bob");
    assert.equal(
      said(two, [[]]),
      "Nobody can complete the approvals now: 2 of sre, where the directory knows nobody else",
    );
  });

  it("names twenty at most", () => {
    const many = Array.from({ length: 21 }, (_, i) => `p${i}`);
    assert.match(said(two, [many]) ?? "", /: p0, .*, p19 and others$/);
  });

  it("is not said where nobody need approve", () => {
    assert.equal(wordsOf(stages.routine), undefined);
  });
});
