import assert from "node:assert/strict";
import type { Posted, Showcase, Showing } from "../../src/ports.ts";

/** A showcase to hold to the contract, empty, with the means a test needs beside it. */
export interface OpenedShowcase {
  readonly showcase: Showcase;
  /** Keeps the next version of this request's record, so that its surfaces are out of date; answers the version. */
  keep(request: string): Promise<number>;
  /** Lets the showcase's clock go on: a real one is waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link Showcase} must do. Run on the fake always, and on Redis where there is one. */
export function describeShowcaseContract(suite: string, open: () => Promise<OpenedShowcase>): void {
  describe(`${suite} as a showcase`, function () {
    this.timeout(20_000);
    const card: Posted = { channel: "C1", ts: "1.000100", digest: "d".repeat(64) };
    let opened: OpenedShowcase;
    let showcase: Showcase;
    const taken = async (request: string, forMs = 60_000): Promise<Showing> => {
      const showing = await showcase.take(request, forMs);
      assert.ok(showing, `${request} is being shown by somebody else`);
      return showing;
    };

    beforeEach(async () => {
      opened = await open();
      showcase = opened.showcase;
    });
    afterEach(() => opened.close());

    describe("leases", () => {
      it("has one holder for each request", async () => {
        const tries = await Promise.all([1, 2, 3, 4].map(() => showcase.take("r-one", 60_000)));
        assert.equal(tries.filter((showing) => showing !== undefined).length, 1);
        assert.ok(await showcase.take("r-two", 60_000));
      });

      it("can be taken again once it was let go", async () => {
        const version = await opened.keep("r-one");
        await showcase.release(await taken("r-one"), { shown: version });
        assert.ok(await showcase.take("r-one", 60_000));
      });

      it("runs out, and is then worth nothing to the one who had it", async () => {
        const first = await taken("r-one", 40);
        await opened.pass(60);
        const second = await taken("r-one");
        assert.equal(await showcase.put(first, "card", card), false);
        await showcase.release(first, { shown: 99 });
        assert.equal(await showcase.take("r-one", 60_000), undefined);
        assert.equal(await showcase.put(second, "card", card), true);
      });
    });

    describe("what stands in Slack", () => {
      it("starts with nothing", async () => {
        assert.deepEqual((await taken("r-one")).posted, {});
      });

      it("is remembered from one holder to the next, surface by surface, the last one of each", async () => {
        const first = await taken("r-one");
        await showcase.put(first, "card", card);
        await showcase.put(first, "thread", { ...card, ts: "2.000100" });
        await showcase.put(first, "card", { ...card, digest: "e".repeat(64) });
        await showcase.release(first, { retryAfterMs: 0 });
        assert.deepEqual((await taken("r-one")).posted, {
          card: { ...card, digest: "e".repeat(64) },
          thread: { ...card, ts: "2.000100" },
        });
      });

      it("is kept apart for each request", async () => {
        await showcase.put(await taken("r-one"), "card", card);
        assert.deepEqual((await taken("r-two")).posted, {});
      });
    });

    describe("what may have been posted and not remembered", () => {
      const runOut = async (request: string) => {
        await taken(request, 40);
        await opened.pass(60);
      };

      it("is nothing for the first holder, nor after one who says what became of its posts", async () => {
        const first = await taken("r-one");
        assert.equal(first.unsureSince, undefined);
        await showcase.release(first, { retryAfterMs: 0 });
        assert.equal((await taken("r-one")).unsureSince, undefined);
      });

      it("is told to the one after a holder who never let go", async () => {
        await runOut("r-one");
        assert.ok(((await taken("r-one")).unsureSince ?? 0) > 0);
        assert.equal((await taken("r-two")).unsureSince, undefined);
      });

      it("counts from the first of several who never let go", async () => {
        await runOut("r-one");
        const second = await taken("r-one", 40);
        await opened.pass(60);
        assert.equal((await taken("r-one")).unsureSince, second.unsureSince);
      });

      it("is told on where a holder is not sure, and forgotten where the next one is", async () => {
        await showcase.release(await taken("r-one"), { retryAfterMs: 0, unsure: true });
        const second = await taken("r-one");
        assert.ok(second.unsureSince !== undefined);
        await showcase.release(second, { retryAfterMs: 0, unsure: true });
        const third = await taken("r-one");
        assert.equal(third.unsureSince, second.unsureSince);
        await showcase.release(third, { shown: 0 });
        assert.equal((await taken("r-one")).unsureSince, undefined);
      });
    });

    describe("what must be shown again", () => {
      const waiting = () => showcase.waiting(60_000, 10);

      it("is a request whose record moved on, after the hint had its chance and for one caller at a time", async () => {
        await opened.keep("r-one");
        assert.deepEqual(await waiting(), []);
        await opened.pass(2_100);
        assert.deepEqual((await Promise.all([waiting(), waiting(), waiting()])).flat(), ["r-one"]);
      });

      it("is nothing when the last version was shown", async () => {
        const version = await opened.keep("r-one");
        await showcase.release(await taken("r-one"), { shown: version });
        await opened.pass(2_100);
        assert.deepEqual(await waiting(), []);
      });

      it("is the request, at once, when the record moved on while an older version was shown", async () => {
        const version = await opened.keep("r-one");
        const showing = await taken("r-one");
        await opened.keep("r-one");
        await showcase.release(showing, { shown: version });
        assert.deepEqual(await waiting(), ["r-one"]);
      });

      it("is a request that could not be shown, when its pause is over", async () => {
        await opened.keep("r-one");
        await showcase.release(await taken("r-one"), { retryAfterMs: 60_000 });
        await opened.pass(2_100);
        assert.deepEqual(await waiting(), []);
        await showcase.release(await taken("r-one"), { retryAfterMs: 0 });
        assert.deepEqual(await waiting(), ["r-one"]);
      });
    });

    describe("pace", () => {
      const every = 60_000;

      it("gives each post of a channel a moment of its own", async () => {
        const waits = await Promise.all([1, 2, 3].map(() => showcase.reserve("C1", every)));
        const [first = -1, second = -1, third = -1] = waits.toSorted((a, b) => a - b);
        assert.equal(first, 0);
        assert.ok(second > 0 && second <= every, `the second waits ${second} ms`);
        assert.ok(third > every && third <= 2 * every, `the third waits ${third} ms`);
      });

      it("keeps no channel waiting for another", async () => {
        await showcase.reserve("C1", every);
        assert.equal(await showcase.reserve("C2", every), 0);
      });

      it("lets nothing go before a pause is over, and shortens no pause", async () => {
        await showcase.pause("C1", every);
        await showcase.pause("C1", 1);
        const wait = await showcase.reserve("C1", every);
        assert.ok(wait > every / 2 && wait <= every, `the post waits ${wait} ms`);
      });
    });
  });
}
