import assert from "node:assert/strict";
import type { CredentialStore } from "../../src/ports/enrolment.ts";
import type { Trail } from "../../src/ports.ts";
import { collect } from "./collect.ts";

/** A store of credentials to hold to the contract, empty, with the means a test needs beside it. */
export interface OpenedCredentials {
  readonly credentials: CredentialStore;
  readonly trail: Pick<Trail, "entries">;
  /** The store's clock, ms since 1970. */
  now(): Promise<number>;
  /** Gives a person a credential of which no time step was used, in place of the one they may have. */
  enrol(subject: string, credential: string, sealed: string): Promise<void>;
  /** Claims a time step as a step of a request does; false = it was refused. */
  claim(subject: string, credential: string, timeStep: number): Promise<boolean>;
  close(): Promise<void>;
}

/** What every {@link CredentialStore} must do. Run on the fake always, and on Redis where there is one. */
export function describeCredentialsContract(suite: string, open: () => Promise<OpenedCredentials>): void {
  describe(`${suite} as a store of credentials`, () => {
    let opened: OpenedCredentials;
    const fail = async (times: number, credential = "c-1") => {
      for (let i = 0; i < times; i++) await opened.credentials.countFailure("alice", credential);
    };
    const lockedUntil = async () => (await opened.credentials.read("alice"))?.lockedUntil;
    const locks = async () => {
      const entries = await collect(opened.trail.entries());
      return entries.filter(({ body }) => body.includes('"kind":"authenticator.locked"')).length;
    };

    beforeEach(async () => {
      opened = await open();
      await opened.enrol("alice", "c-1", "sealed");
    });
    afterEach(() => opened.close());

    it("knows nothing of a person who never enrolled", async () => {
      assert.equal(await opened.credentials.read("bob"), undefined);
    });

    it("gives back what was enrolled, unlocked", async () => {
      assert.deepEqual(await opened.credentials.read("alice"), { id: "c-1", sealed: "sealed", timeStep: -1 });
    });

    it("knows the last time step that was claimed", async () => {
      assert.equal(await opened.claim("alice", "c-1", 100), true);
      assert.equal((await opened.credentials.read("alice"))?.timeStep, 100);
      assert.equal(await opened.claim("alice", "c-1", 100), false);
    });

    it("locks at the tenth wrong code for a quarter of an hour, by its own clock, and says so in the trail", async () => {
      await fail(9);
      assert.deepEqual([await lockedUntil(), await locks()], [undefined, 0]);
      const before = await opened.now();
      await fail(1);
      const until = (await lockedUntil()) ?? 0;
      assert.ok(until >= before + 900_000 && until <= (await opened.now()) + 900_000, `until ${until}`);
      assert.equal(await locks(), 1);
    });

    it("locks again at the twentieth, and not in between", async () => {
      await fail(19);
      assert.equal(await locks(), 1);
      await fail(1);
      assert.equal(await locks(), 2);
    });

    it("locks for good at the hundredth", async () => {
      await fail(99);
      assert.ok(Number.isFinite(await lockedUntil()));
      await fail(1);
      assert.equal(await lockedUntil(), Number.POSITIVE_INFINITY);
      await fail(1);
      assert.equal(await lockedUntil(), Number.POSITIVE_INFINITY);
    });

    it("counts each of many at once", async () => {
      await Promise.all(Array.from({ length: 10 }, () => fail(1)));
      assert.equal(await locks(), 1);
    });

    it("counts from the start again after a right code", async () => {
      await fail(9);
      await opened.claim("alice", "c-1", 100);
      await fail(9);
      assert.equal(await locks(), 0);
      await fail(1);
      assert.equal(await locks(), 1);
    });

    it("counts on after a code that was refused because it was used", async () => {
      await opened.claim("alice", "c-1", 100);
      await fail(9);
      await opened.claim("alice", "c-1", 100);
      await fail(1);
      assert.equal(await locks(), 1);
    });

    it("counts nothing against a credential that was replaced, or against nobody", async () => {
      await opened.enrol("alice", "c-2", "sealed again");
      await fail(10, "c-1");
      await opened.credentials.countFailure("bob", "c-9");
      assert.deepEqual([await lockedUntil(), await locks()], [undefined, 0]);
      assert.equal(await opened.credentials.read("bob"), undefined);
    });

    it("takes no code of a credential that was replaced after the code was judged", async () => {
      await opened.enrol("alice", "c-2", "sealed again");
      assert.equal(await opened.claim("alice", "c-1", 100), false);
      assert.equal((await opened.credentials.read("alice"))?.timeStep, -1);
      assert.equal(await opened.claim("alice", "c-2", 100), true);
    });

    it("puts a seed that was sealed again in the place of the very one that was read, and of no other", async () => {
      await opened.credentials.reseal("alice", "c-1", { from: "another", to: "again" });
      await opened.credentials.reseal("alice", "c-2", { from: "sealed", to: "again" });
      await opened.credentials.reseal("bob", "c-1", { from: "sealed", to: "again" });
      assert.deepEqual(await opened.credentials.read("alice"), { id: "c-1", sealed: "sealed", timeStep: -1 });
      assert.equal(await opened.credentials.read("bob"), undefined);
      await opened.credentials.reseal("alice", "c-1", { from: "sealed", to: "again" });
      assert.equal((await opened.credentials.read("alice"))?.sealed, "again");
    });

    it("keeps no lock and no count of the credential before", async () => {
      await fail(100);
      await opened.enrol("alice", "c-2", "sealed again");
      assert.deepEqual(await opened.credentials.read("alice"), { id: "c-2", sealed: "sealed again", timeStep: -1 });
      const before = await locks();
      await fail(9, "c-2");
      assert.equal(await locks(), before);
    });
  });
}
