import assert from "node:assert/strict";
import { endLeftovers, type Patrol, walkRounds } from "../../src/execution/end-leftovers.ts";
import { catalogue } from "../../src/operation/catalogue.ts";
import type { RequestStore } from "../../src/ports.ts";
import type { Finished, Request } from "../../src/request/request.ts";
import type { AdminClient } from "../lab/kubernetes/admin-client.ts";
import { openBench, type TestBench } from "./bench.ts";
import { bindings, elevated, standing } from "./elevated.ts";

const halfAnHour = 1_800_000;

describe("looking through a cluster for elevations", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ deadlineMs: 500 });
  });
  afterEach(() => test.close());

  const patrol = (over: Partial<RequestStore> = {}): Patrol => ({
    ...test.worker("patrol", { store: { ...test.desk.store, ...over } }),
    trail: test.desk.trail,
    ownClock: () => {
      throw new Error("Redis answers, so its clock is the one that counts");
    },
  });
  const look = (by = patrol()) => endLeftovers(by, test.cluster);
  const leftovers = () =>
    test.desk.records.trail.events.flatMap((event) => (event.kind === "elevation.leftover" ? [event.why] : []));
  /** What a thief who writes to Redis makes of the record. */
  const rewritten = (change: (request: Finished) => Request): Partial<RequestStore> => ({
    async read(id) {
      const stored = await test.desk.store.read(id);
      return stored && { ...stored, request: change(stored.request as Finished) };
    },
  });
  const forgetful: Partial<RequestStore> = { read: async () => undefined };
  const away: Partial<RequestStore> = {
    read: () => Promise.reject(new Error("no connection")),
    now: () => Promise.reject(new Error("no connection")),
  };

  it("leaves alone what stands by its grant and in its time", async () => {
    await elevated(test);
    test.desk.clock.pass(halfAnHour - 1);
    await look();
    await look(patrol(forgetful));
    assert.equal((await standing(test)).length, 1);
  });

  it("leaves alone what is being made, before its request knows of it", async () => {
    await elevated(test);
    await look(
      patrol(rewritten(({ elevation: _, outcome: __, ...request }) => ({ ...request, state: "executing" }) as Request)),
    );
    assert.equal((await standing(test)).length, 1);
  });

  it("ends one whose time is over, and its request knows of it", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour);
    await look();
    assert.deepEqual(await standing(test), []);
    const request = await test.now({ id });
    assert.equal("elevation" in request && request.elevation?.ended?.how, "on-time");
    assert.deepEqual(leftovers(), []);
  });

  it("ends on time what Redis has forgotten, and records that it was left over", async () => {
    await elevated(test);
    test.desk.clock.pass(halfAnHour);
    await look(patrol(forgetful));
    assert.deepEqual(await standing(test), []);
    assert.deepEqual(leftovers(), ["its time is over"]);
  });

  it("ends on time what a thief of Redis has put off", async () => {
    const { id } = await elevated(test);
    const until = Number.MAX_SAFE_INTEGER;
    test.desk.clock.pass(halfAnHour);
    await look(patrol(rewritten((request) => ({ ...request, elevation: { until } }))));
    assert.deepEqual(await standing(test), []);
    const request = await test.now({ id });
    assert.equal("elevation" in request && request.elevation?.ended?.how, "on-time");
  });

  it("ends at once what a thief of Redis calls ended: sooner is the only way they can move an end", async () => {
    await elevated(test);
    const ended = { at: 1, how: "on-time", apiAuditIds: [] } as const;
    await look(patrol(rewritten((request) => ({ ...request, elevation: { until: 1, ended } }))));
    assert.deepEqual(await standing(test), []);
    assert.deepEqual(leftovers(), ["its request is over"]);
  });

  it("goes by its own clock where Redis does not answer, so that to stop Redis puts no end off", async () => {
    await elevated(test);
    const begun = test.desk.clock.now();
    const at = (ms: number): Patrol => ({ ...patrol(away), ownClock: () => begun + ms });
    await look(at(halfAnHour - 1));
    assert.equal((await standing(test)).length, 1);
    await look(at(halfAnHour));
    assert.deepEqual(await standing(test), []);
  });

  it("takes away the right where the trail cannot be written", async () => {
    await elevated(test);
    test.desk.clock.pass(halfAnHour);
    const append = () => Promise.reject(new Error("no connection"));
    await look({ ...patrol(forgetful), trail: { append } });
    assert.deepEqual(await standing(test), []);
    assert.ok(test.logged.some((line) => line.startsWith("not recorded")));
  });

  describe("with the token of the account that makes them in a thief's hands", () => {
    let thief: AdminClient;
    beforeEach(async () => {
      const path = `/api/v1/namespaces/countersign-operations/serviceaccounts/${catalogue.elevate.account}/token`;
      const { status } = await test.admin.create(path, { spec: { expirationSeconds: 600 } });
      thief = test.admin.as(String((status as { readonly token?: unknown }).token));
    });
    const steal = (request: string, annotations: Readonly<Record<string, string>>, named = request) =>
      thief.create(bindings, {
        metadata: {
          name: `countersign-elevation-${named}`,
          labels: { "countersign.dev/elevation": "true" },
          annotations: {
            "countersign.dev/request": request,
            "countersign.dev/digest": "d",
            "countersign.dev/requester": "alice",
            "countersign.dev/expires": new Date(Date.now() + 8 * 3_600_000).toISOString(),
            ...annotations,
          },
        },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "User", name: "mallory", apiGroup: "rbac.authorization.k8s.io" }],
      });

    it("ends at once what nobody was granted, also where Redis is away", async () => {
      await steal("r-0123456789", {});
      await look();
      assert.deepEqual(await standing(test), []);
      assert.deepEqual(leftovers(), ["nobody was granted it"]);
      await steal("r-0123456789", {});
      await look({ ...patrol(away), ownClock: () => test.desk.clock.now() });
      assert.deepEqual(await standing(test), []);
    });

    it("ends at once what borrows the grant of an elevation that has ended", async () => {
      const { id, digest } = await elevated(test);
      test.desk.clock.pass(halfAnHour);
      await look();
      await steal(id, { "countersign.dev/digest": digest });
      await look();
      assert.deepEqual(await standing(test), []);
      assert.deepEqual(leftovers(), ["its request is over"]);
    });

    it("ends at once what borrows the name of another operation's grant", async () => {
      const { id } = await elevated(test);
      await test.admin.remove(`${bindings}/countersign-elevation-${id}`);
      await steal(id, { "countersign.dev/digest": "another" });
      await look();
      assert.deepEqual(await standing(test), []);
    });

    it("ends at once one that names no request", async () => {
      await steal("r-0123456789", { "countersign.dev/request": "../../x" });
      await look();
      assert.deepEqual(await standing(test), []);
    });

    it("ends at once one whose end cannot be read, although it was granted", async () => {
      const { id, digest } = await elevated(test);
      await test.admin.remove(`${bindings}/countersign-elevation-${id}`);
      await steal(id, { "countersign.dev/digest": digest, "countersign.dev/expires": "never" });
      await look();
      assert.deepEqual(await standing(test), []);
    });

    it("ends at once a second one under the grant of one that stands", async () => {
      const { id, digest } = await elevated(test);
      await steal(id, { "countersign.dev/digest": digest }, "r-0123456789");
      await look();
      assert.deepEqual(await standing(test), [`countersign-elevation-${id}`]);
    });

    it("ends at once what has a ticket that allows no call", async () => {
      await test.cluster.takeTicket("r-0123456789", { digest: "d", fence: "1" });
      await steal("r-0123456789", {});
      await look();
      assert.deepEqual(await standing(test), []);
    });

    it("believes no end that is further away than any may be", async () => {
      const { id, digest } = await elevated(test);
      await test.admin.remove(`${bindings}/countersign-elevation-${id}`);
      await steal(id, {
        "countersign.dev/digest": digest,
        "countersign.dev/expires": new Date(Date.now() + 365 * 86_400_000).toISOString(),
      });
      const later = Date.now() + 8 * 3_600_000 + 6 * 60_000;
      await look(patrol({ ...forgetful, now: async () => later }));
      assert.deepEqual(await standing(test), []);
    });
  });

  it("touches no binding that is not one of ours", async () => {
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" };
    const labels = { "countersign.dev/elevation": "true" };
    await test.admin.create(bindings, { metadata: { name: "theirs" }, roleRef });
    await test.admin.create(bindings, { metadata: { name: "labelled", labels }, roleRef });
    await look();
    assert.equal((await test.admin.get(`${bindings}/theirs`)).metadata.name, "theirs");
    assert.deepEqual(await standing(test), ["labelled"]);
  });

  it("goes on with the others where one cannot be ended", async () => {
    const [first, second] = [await elevated(test), await elevated(test, "view")];
    test.desk.clock.pass(halfAnHour);
    test.double.faults.answer(500, new RegExp(`rolebindings/countersign-elevation-${first.id}`));
    await assert.rejects(look(), /server-error/);
    assert.deepEqual(await standing(test), [`countersign-elevation-${first.id}`]);
    assert.notEqual(first.id, second.id);
  });

  it("says once what keeps it from looking, and again when it is something else", async () => {
    const walk = walkRounds(patrol());
    test.double.faults.answer(503, /rolebindings/, 2);
    await walk(test.cluster);
    await walk(test.cluster);
    const told = () => test.logged.filter((line) => line.startsWith("elevations not looked through")).length;
    assert.equal(told(), 1);
    await walk(test.cluster);
    test.double.faults.answer(503, /rolebindings/);
    await walk(test.cluster);
    assert.equal(told(), 2);
  });
});
