import assert from "node:assert/strict";
import type { Presence } from "../../src/ports.ts";

/** Who is there, to hold to the contract: nobody yet, with the means a test needs beside it. */
export interface OpenedPresence {
  readonly presence: Presence;
  /** Lets its clock go on: a real one is waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link Presence} must do. Run on the fake always, and on Redis where there is one. */
export function describePresenceContract(suite: string, open: () => Promise<OpenedPresence>): void {
  describe(`${suite} as what tells who is there`, () => {
    let opened: OpenedPresence;
    let presence: Presence;
    beforeEach(async () => {
      opened = await open();
      presence = opened.presence;
    });
    afterEach(() => opened.close());

    it("knows of nobody who never said so", async () => {
      assert.equal(await presence.served("demo"), false);
    });

    it("knows which clusters are served, and keeps them apart", async () => {
      await presence.serve(["demo", "other"], 60_000);
      const known = await Promise.all(["demo", "other", "dem", "demo "].map((cluster) => presence.served(cluster)));
      assert.deepEqual(known, [true, true, false, false]);
    });

    it("forgets who has not said so again", async () => {
      await presence.serve(["demo", "other"], 100);
      await opened.pass(60);
      await presence.serve(["other"], 60_000);
      await opened.pass(60);
      assert.deepEqual([await presence.served("demo"), await presence.served("other")], [false, true]);
    });

    it("serves nothing for a worker without clusters", async () => {
      await presence.serve([], 60_000);
      assert.equal(await presence.served(""), false);
    });
  });
}
