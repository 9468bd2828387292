import assert from "node:assert/strict";
import type { Requirements } from "../../src/policy/policy.ts";
import { requirementWords } from "../../src/policy/words.ts";

describe("requirementWords", () => {
  const cases: readonly (readonly [requirements: Requirements, ...words: string[]])[] = [
    [{}],
    [{ stepUp: {} }, "proof of the requester's presence, for this very plan"],
    [
      { stepUp: { within: 5_400_000 } },
      "proof of the requester's presence, for this very plan or not older than 1 hour 30 minutes",
    ],
    [{ approvals: { count: 1, from: ["sre"] } }, "1 other person of sre must approve"],
    [
      { stepUp: {}, approvals: { count: 2, from: ["sre", "security"], stepUp: { within: 61_000 } } },
      "proof of the requester's presence, for this very plan",
      "2 other people of sre or security must approve, each with proof of presence, for this very plan or not older than 1 minute 1 second",
    ],
    [
      { approvals: { count: 1, from: ["sre"], stepUp: {} } },
      "1 other person of sre must approve, with proof of presence, for this very plan",
    ],
    [
      { approvals: { count: 1, from: ["sre"], next: [{ count: 2, from: ["security"], stepUp: {} }] } },
      "stage 1: 1 other person of sre must approve",
      "stage 2: 2 other people of security must approve, each with proof of presence, for this very plan",
    ],
    [
      { reason: { minLength: 20, tickets: ["OPS"] }, notify: ["C0A", "C0B"], expires: 600_000, window: 120_000 },
      "a reason of at least 20 characters that names a ticket (OPS-123)",
      "the channels C0A, C0B are told",
      "all of it within 10 minutes of asking",
      "it must begin within 2 minutes of the grant",
    ],
  ];
  for (const [requirements, ...words] of cases)
    it(`says ${words.join("; ") || "nothing where nothing is asked for"}`, () => {
      assert.deepEqual(requirementWords(requirements), words);
    });
});
