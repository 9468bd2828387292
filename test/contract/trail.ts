import assert from "node:assert/strict";
import { beforeTheFirst, type Entry } from "../../src/audit/chain.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import type { Trail } from "../../src/ports.ts";
import { collect } from "./collect.ts";

/** A trail to hold to the contract, empty. */
export interface OpenedTrail {
  readonly trail: Trail;
  close(): Promise<void>;
}

const event = (subject: string): AuditEvent => ({
  kind: "enrolment.issued",
  subject,
  by: 'ünïcödé \u{1f4a5} "quoted"',
});

/** What every {@link Trail} must do. Run on the fake always, and on Redis where there is one. */
export function describeTrailContract(suite: string, open: () => Promise<OpenedTrail>): void {
  describe(`${suite} as a trail`, () => {
    let opened: OpenedTrail;
    const entries = async (from?: number): Promise<readonly Entry[]> => collect(opened.trail.entries(from));
    const subjects = (found: readonly Entry[]) =>
      found.map(({ body }) => (JSON.parse(body) as { event: { subject: string } }).event.subject);

    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it("begins with nothing", async () => {
      assert.deepEqual(await opened.trail.head(), { entries: 0, head: beforeTheFirst });
      assert.deepEqual(await entries(), []);
    });

    it("has what was appended, whole and in that order, the first as number 1", async () => {
      for (const subject of ["alice", "bob", "carol"]) await opened.trail.append(event(subject));
      const found = await entries();
      assert.deepEqual(subjects(found), ["alice", "bob", "carol"]);
      assert.deepEqual(
        found.map(({ seq }) => seq),
        [1, 2, 3],
      );
      assert.deepEqual((JSON.parse(found[0]?.body ?? "") as { event: unknown }).event, event("alice"));
    });

    it("keeps the same event twice when it came about twice", async () => {
      await opened.trail.append(event("alice"));
      await opened.trail.append(event("alice"));
      assert.deepEqual(subjects(await entries()), ["alice", "alice"]);
    });

    it("can be read from any entry on", async () => {
      for (const subject of ["alice", "bob", "carol"]) await opened.trail.append(event(subject));
      assert.deepEqual(subjects(await entries(2)), ["bob", "carol"]);
      assert.deepEqual(subjects(await entries(4)), []);
    });

    it("is a chain that the verifier passes, and whose head is its last entry's hash", async () => {
      for (const subject of ["alice", "bob", "carol"]) await opened.trail.append(event(subject));
      const { head, entries: count, faults } = await verifyTrail(opened.trail.entries());
      assert.deepEqual(faults, []);
      assert.deepEqual(await opened.trail.head(), { entries: count, head });
      assert.equal(count, 3);
    });

    it("stays one chain when many append at once", async () => {
      const many = Array.from({ length: 100 }, (_, i) => `subject ${i}`);
      await Promise.all(many.map((subject) => opened.trail.append(event(subject))));
      assert.deepEqual(subjects(await entries()).toSorted(), many.toSorted());
      assert.deepEqual((await verifyTrail(opened.trail.entries(), [await opened.trail.head()])).faults, []);
    });
  });
}
