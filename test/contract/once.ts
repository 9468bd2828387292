import assert from "node:assert/strict";
import type { Once } from "../../src/ports.ts";

/** A memory to hold to the contract, empty, with the means a test needs beside it. */
export interface OpenedOnce {
  readonly once: Once;
  /** Lets its clock go on: a real one is waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link Once} must do. Run on the fake always, and on Redis where there is one. */
export function describeOnceContract(suite: string, open: () => Promise<OpenedOnce>): void {
  describe(`${suite} as a memory of what was seen`, () => {
    let opened: OpenedOnce;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it("tells the first from all that come after", async () => {
      assert.equal(await opened.once.first("one", 60_000), true);
      assert.equal(await opened.once.first("one", 60_000), false);
      assert.equal(await opened.once.first("one", 60_000), false);
    });

    it("has one first of many at once", async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => opened.once.first("one", 60_000)));
      assert.equal(answers.filter((first) => first).length, 1);
    });

    it("keeps keys apart", async () => {
      await opened.once.first("one", 60_000);
      assert.equal(await opened.once.first("one ", 60_000), true);
      assert.equal(await opened.once.first("two", 60_000), true);
    });

    it("forgets when the time is over, which asking again does not put off", async () => {
      await opened.once.first("one", 100);
      await opened.pass(60);
      await opened.once.first("one", 60_000);
      await opened.pass(60);
      assert.equal(await opened.once.first("one", 60_000), true);
    });
  });
}
