import assert from "node:assert/strict";
import type { CredentialStore, EnrolmentStore } from "../../src/ports/enrolment.ts";
import type { Trail } from "../../src/ports.ts";
import { collect } from "./collect.ts";

/** A store of enrolments to hold to the contract, empty, with the means a test needs beside it. */
export interface OpenedEnrolments {
  readonly enrolments: EnrolmentStore;
  /** Where completed enrolments are found. */
  readonly credentials: Pick<CredentialStore, "read">;
  readonly trail: Pick<Trail, "entries">;
  /** Lets the store's clock go on: a real one is waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link EnrolmentStore} must do. Run on the fake always, and on Redis where there is one. */
export function describeEnrolmentsContract(suite: string, open: () => Promise<OpenedEnrolments>): void {
  describe(`${suite} as a store of enrolments`, () => {
    let opened: OpenedEnrolments;
    let enrolments: EnrolmentStore;
    const pending = { id: "c-1", sealed: "sealed" };
    const issue = (link: string, replace = false) => enrolments.issue(link, "alice", 60_000, "admin", replace);
    const enrol = async (link: string, credential: string, replace: boolean) => {
      await issue(link, replace);
      await enrolments.begin(link, { id: credential, sealed: "sealed" });
      return enrolments.complete(link, credential, 7, []);
    };
    const told = async () => {
      const entries = await collect(opened.trail.entries());
      return entries.map(({ body }) => (JSON.parse(body) as { event: { kind: string } }).event.kind);
    };

    beforeEach(async () => {
      opened = await open();
      enrolments = opened.enrolments;
    });
    afterEach(() => opened.close());

    it("knows nothing of a link that was never issued", async () => {
      assert.equal(await enrolments.open("link"), undefined);
      assert.equal(await enrolments.begin("link", pending), undefined);
      assert.equal(await enrolments.complete("link", "c-1", 7, []), false);
      assert.equal(await opened.credentials.read("alice"), undefined);
      await issue("link");
      assert.deepEqual(await enrolments.open("link"), { subject: "alice" });
    });

    it("opens a link as often as it is asked, which uses nothing up", async () => {
      assert.equal(await issue("link"), true);
      assert.deepEqual(await enrolments.open("link"), { subject: "alice" });
      assert.deepEqual(await enrolments.open("link"), { subject: "alice" });
      assert.deepEqual(await told(), ["enrolment.issued"]);
    });

    it("lets a link lapse", async () => {
      await enrolments.issue("link", "alice", 60, "admin", false);
      await enrolments.begin("link", pending);
      await opened.pass(80);
      assert.equal(await enrolments.open("link"), undefined);
      assert.equal(await enrolments.begin("link", pending), undefined);
      assert.equal(await enrolments.complete("link", "c-1", 7, []), false);
      assert.equal(await opened.credentials.read("alice"), undefined);
    });

    it("keeps the first pending credential, whoever comes after", async () => {
      await issue("link");
      const first = { subject: "alice", pending };
      assert.deepEqual(await enrolments.begin("link", pending), first);
      assert.deepEqual(await enrolments.begin("link", { id: "c-2", sealed: "other" }), first);
      assert.deepEqual(await enrolments.open("link"), first);
    });

    it("gives all who begin at once the same pending credential", async () => {
      await issue("link");
      const ids = ["c-1", "c-2", "c-3"];
      const answers = await Promise.all(ids.map((id) => enrolments.begin("link", { id, sealed: `of ${id}` })));
      const [one] = answers;
      assert.equal(one?.pending?.sealed, `of ${one?.pending?.id}`);
      assert.deepEqual(answers, [one, one, one]);
    });

    it("makes a credential count only when it is completed, with its first time step used", async () => {
      await issue("link");
      await enrolments.begin("link", pending);
      assert.equal(await opened.credentials.read("alice"), undefined);
      assert.equal(await enrolments.complete("link", "c-1", 7, []), true);
      assert.deepEqual(await opened.credentials.read("alice"), { ...pending, timeStep: 7 });
      assert.deepEqual(await told(), ["enrolment.issued", "enrolment.completed"]);
    });

    it("completes no credential but the pending one", async () => {
      await issue("link");
      assert.equal(await enrolments.complete("link", "c-1", 7, []), false);
      await enrolments.begin("link", pending);
      assert.equal(await enrolments.complete("link", "c-2", 7, []), false);
      assert.equal(await opened.credentials.read("alice"), undefined);
      assert.equal(await enrolments.complete("link", "c-1", 7, []), true);
    });

    it("ends the link", async () => {
      await enrol("link", "c-1", false);
      assert.equal(await enrolments.open("link"), undefined);
      assert.equal(await enrolments.begin("link", { id: "c-2", sealed: "other" }), undefined);
      assert.equal(await enrolments.complete("link", "c-1", 8, []), false);
      assert.equal((await opened.credentials.read("alice"))?.timeStep, 7);
    });

    it("tells one of many at once that it was first", async () => {
      await issue("link");
      await enrolments.begin("link", pending);
      const answers = await Promise.all([7, 8, 9, 10].map((step) => enrolments.complete("link", "c-1", step, [])));
      assert.equal(answers.filter((first) => first).length, 1);
      assert.deepEqual(await told(), ["enrolment.issued", "enrolment.completed"]);
    });

    it("issues no link to a person who has a credential, unless it may be replaced", async () => {
      await enrol("link", "c-1", false);
      assert.equal(await issue("second"), false);
      assert.equal(await enrolments.open("second"), undefined);
      assert.equal(await enrol("third", "c-3", true), true);
      assert.equal((await opened.credentials.read("alice"))?.id, "c-3");
    });

    it("replaces nothing through a link that was issued before there was a credential", async () => {
      await issue("early");
      await enrolments.begin("early", { id: "c-0", sealed: "of a thief" });
      await enrol("link", "c-1", false);
      assert.equal(await enrolments.complete("early", "c-0", 8, []), false);
      assert.equal((await opened.credentials.read("alice"))?.id, "c-1");
    });

    describe("with recovery codes", () => {
      const waitMs = 900_000;
      const attempt = { subject: "alice", credential: "c-1", link: "recovered", forMs: 60_000, waitMs };
      const enrolWith = async (link: string, credential: string, recovery: readonly string[]) => {
        await issue(link, true);
        await enrolments.begin(link, { id: credential, sealed: `sealed ${credential}` });
        assert.ok(await enrolments.complete(link, credential, 7, recovery));
      };
      const recover = (mac: string, change: Partial<typeof attempt> = {}) =>
        enrolments.recover({ ...attempt, mac, ...change });
      beforeEach(() => enrolWith("link", "c-1", ["m-1", "m-2"]));

      it("opens a link by a code, once, and remembers how long what it enrols must wait", async () => {
        assert.equal(await recover("m-1"), "opened");
        assert.deepEqual(await enrolments.open("recovered"), { subject: "alice", waitMs });
        assert.equal(await recover("m-1", { link: "again" }), "wrong");
        assert.equal(await enrolments.open("again"), undefined);
        assert.equal(await recover("m-2", { link: "again" }), "opened");
        assert.deepEqual((await told()).slice(2), ["recovery.used", "recovery.used"]);
      });

      it("lets one of many who use a code at once have it", async () => {
        const links = ["l-1", "l-2", "l-3", "l-4"];
        const answers = await Promise.all(links.map((link) => recover("m-1", { link })));
        assert.deepEqual(answers.toSorted(), ["opened", "wrong", "wrong", "wrong"]);
      });

      it("makes what was enrolled so count later, and ends the credential before it at once", async () => {
        await recover("m-1");
        assert.equal((await opened.credentials.read("alice"))?.id, "c-1");
        await enrolments.begin("recovered", { id: "c-2", sealed: "new" });
        assert.ok(await enrolments.complete("recovered", "c-2", 8, ["n-1"]));
        const { countsFrom = 0, ...kept } = (await opened.credentials.read("alice")) ?? {};
        assert.deepEqual(kept, { id: "c-2", sealed: "new", timeStep: 8 });
        const { time = 0 } = (await collect(opened.trail.entries())).at(-1) ?? {};
        assert.equal(countsFrom, time + waitMs);
      });

      it("ends old codes, and links of whatever kind, with the first code of another authenticator", async () => {
        await issue("early", true);
        await enrolments.begin("early", { id: "c-0", sealed: "of a thief" });
        await recover("m-1");
        await enrolments.begin("recovered", { id: "c-9", sealed: "of a thief" });
        await enrolWith("second", "c-2", ["n-1"]);
        for (const link of ["early", "recovered"]) {
          assert.equal(await enrolments.open(link), undefined, link);
          assert.equal(await enrolments.complete(link, link === "early" ? "c-0" : "c-9", 8, []), false, link);
        }
        assert.equal(await recover("m-2"), "wrong");
        assert.equal(await recover("m-2", { credential: "c-2" }), "wrong");
        assert.equal((await opened.credentials.read("alice"))?.id, "c-2");
        assert.equal(await recover("n-1", { credential: "c-2" }), "opened");
      });

      it("knows no code of another person or credential", async () => {
        assert.equal(await recover("m-1", { subject: "bob" }), "wrong");
        assert.equal(await recover("m-1", { credential: "c-2" }), "wrong");
        assert.equal(await recover("m-1"), "opened");
      });

      it("locks recovery with the tenth wrong code, says so in the trail, and leaves the authenticator as it is", async () => {
        for (let i = 0; i < 10; i++) assert.equal(await recover("wrong"), "wrong");
        assert.equal(await recover("m-1"), "locked");
        assert.equal(await enrolments.open("recovered"), undefined);
        assert.equal((await opened.credentials.read("alice"))?.lockedUntil, undefined);
        assert.equal((await told()).filter((kind) => kind === "recovery.locked").length, 1);
      });

      it("revokes all of it at once: authenticator, codes and links", async () => {
        await issue("open", true);
        await recover("m-1");
        assert.equal(await enrolments.revoke("alice", "admin"), true);
        assert.equal(await opened.credentials.read("alice"), undefined);
        assert.deepEqual([await enrolments.open("open"), await enrolments.open("recovered")], [undefined, undefined]);
        assert.equal(await recover("m-2"), "wrong");
        assert.equal((await told()).at(-1), "enrolment.revoked");
        assert.equal(await enrolments.revoke("alice", "admin"), false);
        assert.equal((await told()).filter((kind) => kind === "enrolment.revoked").length, 1);
      });

      it("revokes nothing of anybody else", async () => {
        await enrolments.issue("of bob", "bob", 60_000, "admin", false);
        await enrolments.revoke("alice", "admin");
        assert.deepEqual(await enrolments.open("of bob"), { subject: "bob" });
      });
    });

    it("keeps people apart", async () => {
      await enrol("link", "c-1", false);
      assert.equal(await enrolments.issue("of bob", "bob", 60_000, "admin", false), true);
      assert.equal(await opened.credentials.read("bob"), undefined);
    });
  });
}
