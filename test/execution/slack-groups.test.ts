import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Policy, Requirements } from "../../src/policy/policy.ts";
import type { Grant, SignedGrant } from "../../src/request/grant.ts";
import type { Request } from "../../src/request/request.ts";
import { labPolicy } from "../fakes/policy.ts";
import { openBench, restart, type TestBench } from "./bench.ts";

const withGroups: Policy = {
  ...labPolicy,
  permit: [{ name: "pagers", subjects: ["group:pagers"], operations: ["@change"], tier: "guarded" }],
  slackGroups: { pagers: "S1" },
};

describe("the worker, of a requester whom Slack alone lists in a group,", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
    test.directory.put({ sub: "alice", groups: [] });
    test.policy.replace(withGroups);
  });
  afterEach(() => test.close());

  /** What comes of a request of Alice's with the grant that the record then holds. */
  const endOf = async (grantOf: (grant: Grant) => SignedGrant): Promise<string> => {
    const request = await test.granted(restart);
    const { store } = test.desk;
    const grant = grantOf(request.grant.grant);
    const bench = test.worker("first", {
      store: {
        ...store,
        async read(id) {
          const stored = await store.read(id);
          return stored && "grant" in stored.request
            ? { ...stored, request: { ...stored.request, grant } as Request }
            : stored;
        },
      },
    });
    await work(bench, request.id);
    const end = await test.now(request);
    return "ended" in end ? end.ended.why : end.state;
  };
  const signed = (change: Partial<Grant>) => (grant: Grant) => test.desk.signer.sign({ ...grant, ...change });

  it("runs what they asked for by what web signed that it saw", async () => {
    assert.equal(await endOf(signed({ slackGroups: ["pagers"] })), "succeeded");
    assert.match(await endOf(signed({})), /No rule permits alice/);
  });

  it("attack: counts no group that is written into the record, for web did not sign it", async () => {
    const written = (grant: Grant) => ({ ...signed({})(grant), grant: { ...grant, slackGroups: ["pagers"] } });
    assert.match(await endOf(written), /signature does not hold/);
  });

  it("attack: counts no group that its own policy does not let count, whatever a captured web signs", async () => {
    test.policy.replace({ ...withGroups, permit: labPolicy.permit });
    assert.match(await endOf(signed({ slackGroups: ["oncall", "sre"] })), /No rule permits alice/);
    test.policy.replace({ ...labPolicy, permit: withGroups.permit });
    assert.match(await endOf(signed({ slackGroups: ["pagers"] })), /No rule permits alice/);
  });

  it("attack: counts none where bound proof is asked for, whatever a captured web signs", async () => {
    const requirements: Requirements = { stepUp: { bound: true }, approvals: { count: 1, from: ["sre"] } };
    const tiers = labPolicy.tiers.map((one) => (one.name === "privileged" ? { ...one, requirements } : one));
    test.policy.replace({ ...withGroups, tiers });
    assert.match(await endOf(signed({ slackGroups: ["pagers"] })), /a user group in Slack lets nobody ask/);
    assert.deepEqual(test.effects(), []);
  });

  it("attack: counts no approver by it", async () => {
    test.directory.put({ sub: "bob", groups: [] });
    const requirements: Requirements = { stepUp: {}, approvals: { count: 1, from: ["pagers"] } };
    const tiers = labPolicy.tiers.map((one) => (one.name === "privileged" ? { ...one, requirements } : one));
    test.policy.replace({ ...withGroups, tiers });
    assert.match(await endOf(signed({ slackGroups: ["pagers"] })), /do not make the quorum/);
  });
});
