import assert from "node:assert/strict";
import fc from "fast-check";
import { couldApprove, countingGroups, quorumHolds, refuseApprover } from "../../src/policy/approvers.ts";
import type { Requirements } from "../../src/policy/policy.ts";
import { anySubject } from "./any-policy.ts";

const requirements: Requirements = { approvals: { count: 2, from: ["sre", "security"] } };
const bob = { sub: "bob", groups: ["sre"] };
const carol = { sub: "carol", groups: ["security", "sre"] };
const eve = { sub: "eve", groups: ["marketing"] };

describe("refuseApprover", () => {
  const codeOf = (...args: Parameters<typeof refuseApprover>) => refuseApprover(...args)?.refused;

  it("lets somebody of the groups approve", () => {
    assert.equal(refuseApprover(requirements, "alice", bob, []), undefined);
    assert.equal(refuseApprover(requirements, "alice", carol, ["bob"]), undefined);
  });

  it("lets nobody approve their own request, of whatever group, and whether or not approval is asked for", () => {
    const refusal = refuseApprover(requirements, "bob", bob, []);
    assert.deepEqual([refusal?.refused, refusal?.remedy], ["own-request", "Ask somebody of sre or security."]);
    assert.equal(codeOf({}, "bob", bob, []), "own-request");
    assert.equal(codeOf(requirements, "bob", { ...bob, groups: ["sre", "security", "admins"] }, []), "own-request");
  });

  it("refuses somebody of no group that counts, naming those that do", () => {
    const refusal = refuseApprover(requirements, "alice", eve, []);
    assert.deepEqual([refusal?.refused, refusal?.remedy], ["not-an-approver", "It takes somebody of sre or security."]);
    assert.equal(codeOf(requirements, "alice", { sub: "sre", groups: [] }, []), "not-an-approver");
  });

  it("counts nobody twice, in however many groups", () => {
    const refusal = refuseApprover(requirements, "alice", carol, ["bob", "carol"]);
    assert.deepEqual([refusal?.refused, refusal?.remedy], ["already-approved", "It takes 2 different people."]);
  });

  it("refuses an approval where none is asked for", () => {
    assert.equal(codeOf({ stepUp: {} }, "alice", bob, []), "not-in-this-state");
  });
});

describe("approvals in stages", () => {
  const staged: Requirements = { approvals: { count: 2, from: ["sre"], next: [{ count: 1, from: ["security"] }] } };
  const dora = { sub: "dora", groups: ["sre"] };
  const sven = { sub: "sven", groups: ["security"] };

  it("take nobody of a later stage before the earlier one is full, and say which is open", () => {
    const refusal = refuseApprover(staged, "alice", sven, ["bob"]);
    assert.deepEqual(
      [refusal?.refused, refusal?.says, refusal?.remedy],
      ["not-an-approver", "Your approval counts in stage 2; stage 1 is open.", "It takes somebody of sre."],
    );
    assert.equal(refuseApprover(staged, "alice", sven, ["bob", "dora"]), undefined);
    assert.equal(refuseApprover(staged, "alice", dora, ["bob", "carol"])?.refused, "not-an-approver");
  });

  it("count one person once over all of them, in however many groups", () => {
    assert.equal(refuseApprover(staged, "alice", carol, ["bob", "carol"])?.refused, "already-approved");
    assert.equal(quorumHolds(staged, "alice", [bob, carol, carol]), false);
    assert.equal(quorumHolds(staged, "alice", [bob, carol, sven]), true);
  });

  it("hold only in their order", () => {
    assert.equal(quorumHolds(staged, "alice", [bob, dora, sven]), true);
    assert.equal(quorumHolds(staged, "alice", [sven, bob, dora]), false);
    assert.equal(quorumHolds(staged, "alice", [bob, sven, dora]), false);
    assert.equal(quorumHolds(staged, "alice", [bob, dora]), false);
    assert.equal(quorumHolds(staged, "sven", [bob, dora, sven]), false);
  });

  it("do not hold when somebody of an earlier stage has left its group since", () => {
    assert.equal(quorumHolds(staged, "alice", [{ ...bob, groups: [] }, carol, sven]), false);
  });

  it("could be given now by those of the open stage", () => {
    assert.deepEqual(couldApprove(staged, "bob", [bob, carol, dora, sven, eve]), [carol, dora]);
  });
});

describe("countingGroups", () => {
  it("names the groups by which a person counts, in the order of the rule", () => {
    const rule = { count: 1, from: ["sre", "security"] };
    assert.deepEqual(countingGroups(rule, carol), ["sre", "security"]);
    assert.deepEqual(countingGroups(rule, eve), []);
  });
});

describe("quorumHolds", () => {
  it("holds when enough different people of the groups approved", () => {
    assert.equal(quorumHolds(requirements, "alice", [bob, carol]), true);
    assert.equal(quorumHolds(requirements, "alice", [bob]), false);
    assert.equal(quorumHolds(requirements, "alice", []), false);
  });

  it("counts a person once, however often and from however many groups", () => {
    assert.equal(quorumHolds(requirements, "alice", [carol, carol]), false);
    assert.equal(quorumHolds(requirements, "alice", [carol, { ...carol, groups: ["sre"] }]), false);
  });

  it("does not count the requester, nor who has left the groups since", () => {
    assert.equal(quorumHolds(requirements, "bob", [bob, carol]), false);
    assert.equal(quorumHolds(requirements, "alice", [bob, { ...carol, groups: [] }]), false);
    assert.equal(quorumHolds(requirements, "alice", [bob, carol, eve]), true);
  });

  it("holds where no approval is asked for", () => {
    assert.equal(quorumHolds({}, "alice", []), true);
  });

  it("holds just when it takes in one after the other those whom refuseApprover lets through, and they suffice", () => {
    const people = fc.array(anySubject.chain((person) => fc.constantFrom(person, { ...person, sub: "carol" })));
    const rule = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      from: fc.constantFrom(["sre"], ["sre", "security"]),
    });
    fc.assert(
      fc.property(people, rule, (approvers, approvals) => {
        const approved: string[] = [];
        for (const person of approvers)
          if (!refuseApprover({ approvals }, "alice", person, approved)) approved.push(person.sub);
        assert.equal(quorumHolds({ approvals }, "alice", approvers), approved.length >= approvals.count);
      }),
      { numRuns: 500 },
    );
  });
});
