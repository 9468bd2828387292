import assert from "node:assert/strict";
import type { Proof } from "../../src/challenge/challenge.ts";
import type { RequestStore, Step, StepAnswer, Trail } from "../../src/ports.ts";
import type { Request } from "../../src/request/request.ts";
import { readPods } from "../request/desk.ts";
import { stages } from "../request/samples.ts";
import { sampleRequest, sampleStep } from "./sample-request.ts";

/** A store to hold to the contract, empty, with the means a test needs beside it. */
export interface OpenedStore {
  readonly store: RequestStore;
  /** The trail that the store's own steps go into. */
  readonly trail: Pick<Trail, "entries">;
  /** Gives a person a credential of which no time step was used. */
  enrol(subject: string, credential: string): Promise<void>;
  /** Lets the store's clock go on: a real one is waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link RequestStore} must do. Run on the fake always, and on Redis where there is one. */
export function describeStoreContract(suite: string, open: () => Promise<OpenedStore>): void {
  describe(`${suite} as a store of requests`, function () {
    this.timeout(20_000);
    let opened: OpenedStore;
    let store: RequestStore;
    let count = 0;
    const operation = () => `op-${++count}`;
    const keep = (next: Step["next"] & { state: "planning" }, change: Partial<Step> = {}) =>
      store.keep(sampleStep(operation(), next, change));
    const trailOf = async () => {
      const found: string[] = [];
      for await (const { body } of opened.trail.entries()) found.push(body);
      return found;
    };

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    describe("keeping and reading", () => {
      it("knows nothing of a request that was never kept", async () => {
        assert.equal(await store.read("r-nobody"), undefined);
      });

      it("gives back exactly what was kept, with its version and the store's clock", async () => {
        const request = sampleRequest("r-one");
        const before = await store.now();
        assert.deepEqual(await keep(request), { kept: true, version: 1 });
        const stored = await store.read("r-one");
        assert.deepEqual(stored?.request, request);
        assert.equal(stored?.version, 1);
        assert.ok(stored.now >= before && stored.now <= (await store.now()));
      });

      it("counts versions up, one for each step", async () => {
        const request = sampleRequest("r-one");
        await keep(request);
        assert.deepEqual(await keep({ ...request, reason: "second" }, { expect: 1 }), { kept: true, version: 2 });
        const stored = await store.read("r-one");
        assert.deepEqual([stored?.version, stored?.request.reason], [2, "second"]);
      });

      it("opens a request once", async () => {
        await keep(sampleRequest("r-one"));
        assert.deepEqual(await keep(sampleRequest("r-one", { reason: "again" })), { kept: false, because: "moved" });
      });

      it("refuses a step computed from a version that is not the last", async () => {
        const request = sampleRequest("r-one");
        await keep(request);
        await keep(request, { expect: 1 });
        assert.deepEqual(await keep(request, { expect: 1 }), { kept: false, because: "moved" });
        assert.deepEqual(await keep(request, { expect: 7 }), { kept: false, because: "moved" });
      });

      it("keeps exactly one of many steps from the same version", async () => {
        const request = sampleRequest("r-one");
        await keep(request);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => keep({ ...request, reason: `try ${i}` }, { expect: 1 })),
        );
        assert.equal(answers.filter(({ kept }) => kept).length, 1);
        assert.equal((await store.read("r-one"))?.version, 2);
      });
    });

    describe("operation ids", () => {
      it("gives the same answer to the same id, and changes nothing", async () => {
        const step = sampleStep(operation(), sampleRequest("r-one"));
        const first = await store.keep(step);
        await keep(sampleRequest("r-one", { reason: "later" }), { expect: 1 });
        assert.deepEqual(await store.keep(step), first);
        const stored = await store.read("r-one");
        assert.deepEqual([stored?.version, stored?.request.reason], [2, "later"]);
        assert.equal((await trailOf()).length, 2);
      });

      it("gives the same refusal to the same id, even when it would be kept now", async () => {
        const step = sampleStep(operation(), sampleRequest("r-one"), { expect: 1 });
        const first = await store.keep(step);
        await keep(sampleRequest("r-one"));
        assert.deepEqual(first, { kept: false, because: "moved" });
        assert.deepEqual(await store.keep(step), first);
        assert.equal((await store.read("r-one"))?.version, 1);
      });

      it("keeps once what is asked many times at once", async () => {
        const step = sampleStep(operation(), sampleRequest("r-one"));
        const answers = await Promise.all(Array.from({ length: 10 }, () => store.keep(step)));
        assert.deepEqual(answers, Array<StepAnswer>(10).fill({ kept: true, version: 1 }));
        assert.equal((await trailOf()).length, 1);
      });
    });

    describe("time", () => {
      it("refuses a step whose time is over by the store's clock", async () => {
        const notAfter = (await store.now()) - 1;
        assert.deepEqual(await keep(sampleRequest("r-one"), { notAfter }), { kept: false, because: "too-late" });
      });

      it("refuses a step whose time has not come", async () => {
        const notBefore = (await store.now()) + 60_000;
        assert.deepEqual(await keep(sampleRequest("r-one"), { notBefore }), { kept: false, because: "too-early" });
      });

      it("keeps a step within its time", async () => {
        const now = await store.now();
        const window = { notBefore: now, notAfter: now + 60_000 };
        assert.deepEqual(await keep(sampleRequest("r-one"), window), { kept: true, version: 1 });
      });
    });

    describe("claims of step-ups", () => {
      const claim = { claim: { stepUp: "s-1" } };

      it("takes each once, across requests and processes", async () => {
        const answers = await Promise.all(["r-one", "r-two"].map((id) => keep(sampleRequest(id), claim)));
        assert.deepEqual(answers.map(({ kept }) => kept).sort(), [false, true]);
        assert.ok(answers.some((answer) => !answer.kept && answer.because === "code-already-used"));
      });

      it("takes none with a step that is refused", async () => {
        const late = { ...claim, notAfter: (await store.now()) - 1 };
        assert.equal((await keep(sampleRequest("r-one"), late)).kept, false);
        assert.equal((await keep(sampleRequest("r-one"), claim)).kept, true);
      });
    });

    describe("claims of time steps", () => {
      const claim = (timeStep: number, credential = "c-1") => ({ claim: { subject: "alice", credential, timeStep } });
      beforeEach(() => opened.enrol("alice", "c-1"));

      it("lets a time step count once, across requests", async () => {
        assert.deepEqual(await keep(sampleRequest("r-one"), claim(100)), { kept: true, version: 1 });
        assert.deepEqual(await keep(sampleRequest("r-two"), claim(100)), { kept: false, because: "code-already-used" });
        assert.equal(await store.read("r-two"), undefined);
      });

      it("takes later steps only", async () => {
        await keep(sampleRequest("r-one"), claim(100));
        assert.equal((await keep(sampleRequest("r-two"), claim(99))).kept, false);
        assert.equal((await keep(sampleRequest("r-three"), claim(101))).kept, true);
      });

      it("lets one of two processes use one code", async () => {
        const answers = await Promise.all(["r-one", "r-two"].map((id) => keep(sampleRequest(id), claim(100))));
        assert.deepEqual(answers.filter(({ kept }) => kept).length, 1);
      });

      it("takes nothing for a credential that was replaced", async () => {
        const answer = await keep(sampleRequest("r-one"), claim(100, "c-0"));
        assert.deepEqual(answer, { kept: false, because: "code-already-used" });
      });

      it("uses nothing up for a step that is refused", async () => {
        const late = { ...claim(100), notAfter: (await store.now()) - 1 };
        await keep(sampleRequest("r-one"), late);
        assert.equal((await keep(sampleRequest("r-one"), claim(100))).kept, true);
      });
    });

    describe("locks", () => {
      const keepWith = async (id: string, change: Partial<Step>) => {
        const expect = (await store.read(id))?.version ?? 0;
        return keep(sampleRequest(id), { expect, ...change });
      };
      const busy = (by: string, lock: string): StepAnswer => ({ kept: false, because: "target-busy", by, lock });
      const api = "demo/Deployment/prod/api";
      const role = "demo/ClusterRole//system:view";

      it("are held by one request at a time, which the other is told", async () => {
        assert.equal((await keepWith("r-one", { take: [api] })).kept, true);
        assert.deepEqual(await keepWith("r-two", { take: [api] }), busy("r-one", api));
        assert.equal((await keepWith("r-three", { take: ["other/Deployment/prod/api"] })).kept, true);
      });

      it("are taken all together or not at all, and nothing else is kept of a step that gets none", async () => {
        await opened.enrol("alice", "c-1");
        const claim = { subject: "alice", credential: "c-1", timeStep: 100 };
        await keepWith("r-one", { take: [role] });
        const entries = (await trailOf()).length;
        assert.deepEqual(await keepWith("r-two", { take: [api, role], claim }), busy("r-one", role));
        assert.deepEqual([await store.read("r-two"), (await trailOf()).length], [undefined, entries]);
        assert.equal((await keepWith("r-three", { take: [api], claim })).kept, true);
      });

      it("are kept by who takes them again, and through steps that take none", async () => {
        await keepWith("r-one", { take: [api] });
        await keepWith("r-one", {});
        assert.equal((await keepWith("r-one", { take: [api, role] })).kept, true);
        assert.deepEqual(await keepWith("r-two", { take: [role] }), busy("r-one", role));
        assert.deepEqual(await keepWith("r-two", { take: [api] }), busy("r-one", api));
      });

      it("are given back, every one, in the step that says so, and only those of this request", async () => {
        await keepWith("r-one", { take: [api, role] });
        await keepWith("r-other", { take: ["demo/Node//a"] });
        await keepWith("r-one", { release: true });
        assert.equal((await keepWith("r-two", { take: [api, role] })).kept, true);
        await keepWith("r-one", { release: true });
        assert.deepEqual(await keepWith("r-three", { take: [api] }), busy("r-two", api));
        assert.deepEqual(await keepWith("r-three", { take: ["demo/Node//a"] }), busy("r-other", "demo/Node//a"));
      });

      it("are not given back by a step that is refused", async () => {
        await keepWith("r-one", { take: [api] });
        assert.equal((await keepWith("r-one", { expect: 7, release: true })).kept, false);
        assert.deepEqual(await keepWith("r-two", { take: [api] }), busy("r-one", api));
      });

      it("are held by exactly one of many who ask at once", async () => {
        for (let round = 0; round < 20; round++) {
          const lock = `demo/Deployment/prod/api-${round}`;
          const ids = Array.from({ length: 10 }, (_, i) => `r-${round}x${i}`);
          const answers = await Promise.all(ids.map((id) => keepWith(id, { take: [lock] })));
          const [holder, ...more] = ids.filter((_, i) => answers[i]?.kept);
          assert.ok(holder !== undefined && more.length === 0, `${more.length + 1} hold ${lock}`);
          const told = answers.filter((answer) => !answer.kept);
          assert.deepEqual(told, Array<StepAnswer>(9).fill(busy(holder, lock)));
        }
      });

      it("have those who wait for one looked at as soon as it is free, and nobody else", async () => {
        const side = "worker:demo";
        const heldUntil = (await store.now()) + 60_000;
        await keepWith("r-one", { take: [api], turn: { side, heldUntil } });
        for (const id of ["r-waits", "r-else", "r-gone"]) await keepWith(id, { turn: { side, heldUntil } });
        for (const id of ["r-waits", "r-gone"])
          assert.deepEqual(await keepWith(id, { take: [api], turn: { side } }), busy("r-one", api));
        await keepWith("r-gone", {});
        assert.deepEqual(await store.waiting(side, 60_000, 10), []);
        await keepWith("r-one", { release: true });
        assert.deepEqual(await store.waiting(side, 60_000, 10), ["r-waits"]);
      });
    });

    describe("reviews that are owed", () => {
      const glass = (id: string, change: Partial<Step> = {}, requester = "alice") =>
        keep(sampleRequest(id, { requester, breakGlass: true }), change);
      const owed = async () =>
        (await store.openReviews()).map(({ request, subject }) => `${subject} ${request}`).sort();

      it("are listed from the step that begins one until the step that says it is over", async () => {
        assert.deepEqual(await owed(), []);
        await glass("r-one", { review: "begins" });
        await glass("r-two", { review: "begins" }, "bob");
        await glass("r-one", { expect: 1, review: "stands" });
        assert.deepEqual(await owed(), ["alice r-one", "bob r-two"]);
        await glass("r-one", { expect: 2, review: "over" });
        assert.deepEqual(await owed(), ["bob r-two"]);
      });

      it("let nobody begin another, and nothing else is kept of such a step", async () => {
        await opened.enrol("alice", "c-1");
        const claim = { subject: "alice", credential: "c-1", timeStep: 100 };
        await glass("r-one", { review: "begins" });
        const entries = (await trailOf()).length;
        const no = { kept: false, because: "review-owed", by: "r-one" } as const;
        assert.deepEqual(await glass("r-two", { review: "begins", claim }), no);
        assert.deepEqual([await store.read("r-two"), (await trailOf()).length], [undefined, entries]);
        await glass("r-one", { expect: 1, review: "over" });
        assert.equal((await glass("r-two", { review: "begins", claim })).kept, true);
      });

      it("hold up no step of a request that owes one already", async () => {
        await glass("r-one", { review: "begins" });
        assert.equal((await glass("r-one", { expect: 1, review: "begins" })).kept, true);
        assert.equal((await glass("r-two", { review: "stands" })).kept, true);
      });

      it("are put back where they went from the list, with one entry, and not where they stand", async () => {
        const review = { request: "r-one", subject: "alice" };
        await glass("r-one", { review: "begins" });
        await store.restoreReview(operation(), review);
        await glass("r-one", { expect: 1, review: "over" });
        await store.restoreReview(operation(), review);
        assert.deepEqual(await owed(), ["alice r-one"]);
        assert.equal((await trailOf()).filter((body) => body.includes("review.restored")).length, 1);
      });

      it("are begun by one of many that are asked at once", async () => {
        const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => glass(`r-${i}`, { review: "begins" })));
        assert.equal(answers.filter(({ kept }) => kept).length, 1);
      });
    });

    describe("what is kept along", () => {
      const proof = (at: number): Proof => ({
        authenticator: "totp",
        subject: "alice",
        digest: "d".repeat(64),
        at,
        request: "r-one",
        signature: "s",
      });

      it("remembers a person's last proof", async () => {
        assert.equal(await store.lastProof("alice"), undefined);
        await keep(sampleRequest("r-one"), { remember: proof(1) });
        await keep(sampleRequest("r-two"), { remember: proof(2) });
        assert.deepEqual(await store.lastProof("alice"), proof(2));
        assert.equal(await store.lastProof("bob"), undefined);
      });

      it("remembers no proof of a step that is refused", async () => {
        await keep(sampleRequest("r-one"), { expect: 3, remember: proof(1) });
        assert.equal(await store.lastProof("alice"), undefined);
      });

      it("writes one entry for each step that is kept, and none for one that is not", async () => {
        await keep(sampleRequest("r-one"));
        await keep(sampleRequest("r-one"));
        await keep(sampleRequest("r-one"), { expect: 1 });
        const bodies = await trailOf();
        assert.equal(bodies.length, 2);
        assert.ok(bodies.every((body) => body.includes('"kind":"request.asked"') && body.includes("r-one")));
      });
    });

    describe("indexes", () => {
      it("lists a person's own requests, newest first, as many as wanted", async () => {
        for (const id of ["r-one", "r-two", "r-three"]) {
          await keep(sampleRequest(id));
          await opened.pass(5);
        }
        await keep(sampleRequest("r-bob", { requester: "bob" }));
        assert.deepEqual(await store.of("alice", 10), ["r-three", "r-two", "r-one"]);
        assert.deepEqual(await store.of("alice", 2), ["r-three", "r-two"]);
        assert.deepEqual(await store.of("nobody", 10), []);
      });

      it("lists a person's changes that succeeded, newest first and each once, and no reads", async () => {
        const { succeeded, answered } = stages;
        const done = (id: string, from: Request) => ({ ...from, id }) as never;
        for (const id of ["r-one", "r-two"]) {
          await keep(done(id, succeeded));
          await opened.pass(5);
        }
        await keep(done("r-one", succeeded), { expect: 1 });
        await keep(done("r-read", { ...answered, operation: readPods }));
        await keep(sampleRequest("r-open"));
        assert.deepEqual(await store.changesOf("alice", 10), ["r-two", "r-one"]);
        assert.deepEqual(await store.changesOf("alice", 1), ["r-two"]);
        assert.deepEqual(await store.changesOf("bob", 10), []);
      });

      it("finds what waits for a side, after the hint had its chance and for one caller at a time", async () => {
        await keep(sampleRequest("r-one"), { turn: { side: "worker:demo" } });
        assert.deepEqual(await store.waiting("worker:demo", 60_000, 10), []);
        await opened.pass(2_100);
        for (const side of ["web", "worker:other", "worker:dem"] as const)
          assert.deepEqual(await store.waiting(side, 60_000, 10), [], side);
        const found = await Promise.all([1, 2, 3].map(() => store.waiting("worker:demo", 60_000, 10)));
        assert.deepEqual(found.flat(), ["r-one"]);
      });

      it("leaves alone what somebody holds, and what is nobody's turn any more", async () => {
        const heldUntil = (await store.now()) + 60_000;
        await keep(sampleRequest("r-held"), { turn: { side: "worker:demo", heldUntil } });
        await keep(sampleRequest("r-over"), { turn: { side: "worker:demo" } });
        await keep(sampleRequest("r-over"), { expect: 1 });
        await keep(sampleRequest("r-passed"), { turn: { side: "worker:demo" } });
        await keep(sampleRequest("r-passed"), { expect: 1, turn: { side: "web" } });
        await opened.pass(2_100);
        assert.deepEqual(await store.waiting("worker:demo", 60_000, 10), []);
        assert.deepEqual(await store.waiting("web", 60_000, 10), ["r-passed"]);
      });

      it("finds what is overdue by the store's clock, and nothing that is not", async () => {
        const now = await store.now();
        await keep(sampleRequest("r-late"), { deadline: now - 1 });
        await keep(sampleRequest("r-early"), { deadline: now + 60_000 });
        await keep(sampleRequest("r-over"), { deadline: now - 1 });
        await keep(sampleRequest("r-over"), { expect: 1 });
        await keep(sampleRequest("r-never"));
        assert.deepEqual(await store.overdue(10), ["r-late"]);
      });
    });
  });
}
