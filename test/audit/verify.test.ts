import assert from "node:assert/strict";
import fc from "fast-check";
import { beforeTheFirst, type Entry } from "../../src/audit/chain.ts";
import { type KnownHead, verifyTrail } from "../../src/audit/verify.ts";
import { headAt, rehashed, relinked, trailOf } from "./chain-of.ts";

const trail = trailOf(20);
// As published every five entries; the last three entries are newer than the last of them.
const young = trailOf(18);
const anchors = [5, 10, 15].map((count) => headAt(young, count));
const middle = trail[9] ?? assert.fail();
const forged = { ...middle, body: middle.body.replace("alice", "mallory") };

/** `seq: first words` of each fault. */
async function faultsOf(entries: Iterable<Entry>, known: readonly KnownHead[] = [], clockStep?: number) {
  const { faults } = await verifyTrail(entries, known, clockStep);
  return faults.map(({ seq, says }) => `${seq}: ${/^[^:]*/.exec(says)?.[0]}`);
}

describe("verifyTrail", () => {
  it("finds nothing wrong with an honest trail, and says how it ends", async () => {
    assert.deepEqual(await verifyTrail(trail), { entries: 20, head: trail[19]?.hash, faults: [] });
    const all = trail.map((_, i) => headAt(trail, i + 1));
    assert.deepEqual(await faultsOf(trail, all), []);
  });

  it("reads a trail that comes piece by piece", async () => {
    async function* pieces() {
      yield* trail;
    }
    assert.equal((await verifyTrail(pieces(), anchors)).faults.length, 0);
  });

  it("says of an empty trail that it ends before the first entry", async () => {
    assert.deepEqual(await verifyTrail([]), { entries: 0, head: beforeTheFirst, faults: [] });
    assert.deepEqual(await faultsOf([], [{ entries: 0, head: beforeTheFirst }]), []);
    assert.deepEqual(await faultsOf([], [headAt(trail, 1)]), ["0: truncated"]);
  });

  // Row by row facts/audit.md section 1: what the chain alone sees, and what it sees with heads kept elsewhere.
  describe("of a trail that was tampered with", () => {
    const long = trailOf(40);
    const anchored = [10, 20, 30].map((count) => headAt(long, count));
    const edited = long.with(9, { ...(long[9] ?? assert.fail()), body: forged.body });
    const inserted = long.toSpliced(9, 0, forged);
    const rows: readonly (readonly [what: string, entries: readonly Entry[], alone: string[], anchored: string[]])[] = [
      ["one byte edited", edited, ["10: bad hash"], ["10: bad hash"]],
      [
        "a middle entry deleted",
        long.toSpliced(24, 1),
        ["25: broken link", ...counters(25, 39)],
        ["25: broken link", "30: rewritten", ...counters(25, 39)],
      ],
      [
        "two entries swapped",
        long.with(21, long[23] ?? assert.fail()).with(23, long[21] ?? assert.fail()),
        [
          "22: broken link",
          "23: broken link",
          "24: broken link",
          "25: broken link",
          "22: broken counter",
          "24: broken counter",
        ],
        [
          "22: broken link",
          "23: broken link",
          "24: broken link",
          "25: broken link",
          "22: broken counter",
          "24: broken counter",
        ],
      ],
      ["the tail cut off, from before the last head", long.slice(0, 25), [], ["25: truncated"]],
      ["the tail cut off, newer than the last head", long.slice(0, 37), [], []],
      ["one entry edited and all made anew", relinked(edited), [], ["10: rewritten", "20: rewritten", "30: rewritten"]],
      [
        "an entry forged into it and all made anew",
        relinked(inserted),
        [],
        ["10: rewritten", "20: rewritten", "30: rewritten"],
      ],
      ["the store rolled back by a power cut", long.slice(0, 19), [], ["19: truncated", "19: truncated"]],
    ];
    for (const [what, entries, alone, withHeads] of rows) {
      it(`${what}: the chain alone sees ${alone.length > 0 ? "it" : "nothing"}`, async () => {
        assert.deepEqual((await faultsOf(entries)).sort(), alone.toSorted());
      });
      it(`${what}: with heads it sees ${withHeads.length > 0 ? "it" : "nothing"}`, async () => {
        assert.deepEqual((await faultsOf(entries, anchored)).sort(), withHeads.toSorted());
      });
    }
  });

  const tampered: readonly (readonly [what: string, entries: readonly Entry[], faults: readonly string[]])[] = [
    ["the first entry dropped", trail.slice(1), ["1: broken link", ...counters(1, 19)]],
    ["an entry doubled", trail.toSpliced(10, 0, middle), ["11: broken link", ...counters(11, 21)]],
    ["the whole trail twice", [...trail, ...trail], ["21: broken link", ...counters(21, 40)]],
    [
      "an entry of another trail in place of its own",
      trail.with(9, trailOf(20, "mallory")[9] ?? assert.fail()),
      ["10: broken link", "11: broken link"],
    ],
    ["the tail of another trail", [...trail.slice(0, 10), ...trailOf(20, "mallory").slice(10)], ["11: broken link"]],
    ["a hash altered", trail.with(9, { ...middle, hash: "f".repeat(64) }), ["10: bad hash", "11: broken link"]],
    [
      "a hash in capitals",
      trail.with(9, { ...middle, hash: middle.hash.toUpperCase() }),
      ["10: bad hash", "11: broken link"],
    ],
    ["a link altered", trail.with(9, { ...middle, prev: "f".repeat(64) }), ["10: bad hash", "10: broken link"]],
    ["a time altered", trail.with(9, { ...middle, time: middle.time + 1 }), ["10: bad hash"]],
    ["a counter altered", trail.with(9, { ...middle, seq: 9 }), ["10: bad hash", "10: broken counter"]],
    [
      "a space in a body",
      trail.with(9, { ...middle, body: ` ${middle.body}` }),
      ["10: bad hash", "10: the body is not canonical JSON"],
    ],
    ["the order turned round", trail.toReversed(), [...counters(1, 20), ...everyLink(1, 20)]],
  ];
  for (const [what, entries, faults] of tampered)
    it(`sees ${what}`, async () => {
      assert.deepEqual((await faultsOf(entries)).sort(), faults.toSorted());
    });

  describe("even where all hashes were made anew", () => {
    it("sees a gap in the counter", async () => {
      const gap = rehashed(trail.map((entry) => (entry.seq > 10 ? { ...entry, seq: entry.seq + 1 } : entry)));
      assert.deepEqual(await faultsOf(gap), counters(11, 20));
    });

    it("sees a counter that does not begin at 1", async () => {
      assert.deepEqual(await faultsOf(rehashed(trail.slice(5))), counters(1, 15));
    });

    it("sees a body that is not canonical JSON, or no JSON", async () => {
      const bodies = [
        '{"b":1,"a":2}',
        '{"a": 1}',
        "{}\n",
        "",
        "no JSON",
        '{"a":1,"a":1}',
        '"\\u0041"',
        '"\\ud800"',
        "1.0",
        "NaN",
      ];
      for (const body of bodies)
        assert.deepEqual(
          await faultsOf(relinked(trail.with(9, { ...middle, body }))),
          ["10: the body is not canonical JSON"],
          body,
        );
    });

    it("sees time run back by more than the clocks of a failover may differ", async () => {
      const before = trail[8]?.time ?? 0;
      const at = (time: number) => relinked(trail.with(9, { ...middle, time }));
      assert.deepEqual(await faultsOf(at(before - 1_000)), []);
      assert.deepEqual(await faultsOf(at(before - 1_001)), ["10: time runs back"]);
      assert.deepEqual(await faultsOf(at(before - 1), [], 0), ["10: time runs back"]);
      assert.deepEqual(await faultsOf(at(before), [], 0), []);
    });
  });

  describe("against heads that were published elsewhere", () => {
    it("takes an old one that the trail still holds", async () => {
      assert.deepEqual(await faultsOf(trail, [headAt(trail, 1)]), []);
    });

    it("takes one of the same trail when it was shorter", async () => {
      assert.deepEqual(await faultsOf(trail, anchors), []);
    });

    it("sees that one is of another trail", async () => {
      assert.deepEqual(await faultsOf(trail, [headAt(trailOf(20, "mallory"), 7)]), ["7: rewritten"]);
    });

    it("sees that one has the right hash and the wrong count", async () => {
      assert.deepEqual(await faultsOf(trail, [{ ...headAt(trail, 7), entries: 8 }]), ["8: rewritten"]);
    });

    it("sees that one knows more than there is, and says how much", async () => {
      const { faults } = await verifyTrail(trail.slice(0, 12), [headAt(trail, 20)]);
      assert.deepEqual(faults, [{ seq: 12, says: "truncated: a checkpoint knows 20 entries, the trail has 12" }]);
    });

    it("sees two that contradict each other, whichever was given first", async () => {
      const two = [headAt(trail, 7), headAt(trailOf(20, "mallory"), 7)];
      assert.deepEqual(await faultsOf(trail, two), ["7: rewritten"]);
      assert.deepEqual(await faultsOf(trail, two.reverse()), ["7: rewritten"]);
    });

    it("takes the same one twice", async () => {
      assert.deepEqual(await faultsOf(trail, [headAt(trail, 7), headAt(trail, 7)]), []);
    });

    it("takes none for good that counts what cannot be counted", async () => {
      for (const entries of [-1, 1.5, Number.NaN])
        assert.equal((await faultsOf(trail, [{ entries, head: "" }])).length, 1);
      assert.deepEqual(await faultsOf(trail, [{ entries: 0, head: "f".repeat(64) }]), ["0: rewritten"]);
    });
  });

  it("sees any one change of any one fact of any one entry", async () => {
    const change = fc.record({
      at: fc.nat({ max: trail.length - 1 }),
      fact: fc.constantFrom("seq", "time", "prev", "hash", "body"),
      by: fc.nat(),
      bit: fc.integer({ min: 0, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, fact, by, bit }) => {
        const entry = trail[at] ?? assert.fail();
        const value = entry[fact as keyof Entry];
        const changed = typeof value === "number" ? value + by + 1 : flipped(value, by % value.length, bit);
        assert.notDeepEqual(await faultsOf(trail.with(at, { ...entry, [fact]: changed })), []);
      }),
      { numRuns: 300 },
    );
  });
});

function counters(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}: broken counter`);
}

function everyLink(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}: broken link`);
}

function flipped(text: string, at: number, bit: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
}
