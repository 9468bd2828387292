import assert from "node:assert/strict";
import fc from "fast-check";
import { sha256 } from "../../src/audit/canonical.ts";
import { beforeTheFirst, bodyText, linkText } from "../../src/audit/chain.ts";

const body = {
  event: { kind: "enrolment.issued", subject: "alice", by: "root" },
  writer: "web@host/1",
  clock: 1_795_521_600_001,
} as const;
const link = { prev: beforeTheFirst, seq: 1, time: 1_795_521_600_000, body: bodyText(body) };

describe("the chain", () => {
  it("begins behind 64 zeros", () => {
    assert.equal(beforeTheFirst, "0000000000000000000000000000000000000000000000000000000000000000");
  });

  it("keeps a body as canonical JSON, in whatever order the writer gave it", () => {
    const text =
      '{"clock":1795521600001,"event":{"by":"root","kind":"enrolment.issued","subject":"alice"},"writer":"web@host/1"}';
    assert.equal(bodyText(body), text);
    const { event, writer, clock } = body;
    assert.equal(bodyText({ clock, writer, event: { by: event.by, subject: event.subject, kind: event.kind } }), text);
  });

  it("hashes these very lines: trails that are kept must verify in ten years", () => {
    assert.equal(linkText(link), `countersign.audit.v1\n${"0".repeat(64)}\n1\n1795521600000\n${sha256(link.body)}\n`);
    // Computed by another program.
    assert.equal(sha256(linkText(link)), "c11715a9c734c44eaa832073e0658a15926736dc7d8ba489c64b568b8ec26197");
  });

  it("has another text for another predecessor, place, time or body, and no two that run into each other", () => {
    const hash = fc.constantFrom(beforeTheFirst, "1".repeat(64));
    const number = fc.integer({ min: 0, max: 120 });
    const any = fc.record({ prev: hash, seq: number, time: number, body: fc.constantFrom("{}", "[]") });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = a.prev === b.prev && a.seq === b.seq && a.time === b.time && a.body === b.body;
        assert.equal(linkText(a) === linkText(b), same);
      }),
    );
    assert.notEqual(linkText({ ...link, seq: 11, time: 1 }), linkText({ ...link, seq: 1, time: 11 }));
  });
});
