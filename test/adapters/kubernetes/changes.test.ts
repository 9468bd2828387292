import assert from "node:assert/strict";
import type { ObjectRef, Removal, Session } from "../../../src/ports/cluster.ts";
import { codeFrom } from "./fault-from.ts";
import { api, mintingFirst, openRecorded, operator, restarter } from "./recorded-cluster.ts";
import { answerJson } from "./recorder.ts";

type Recorded = Awaited<ReturnType<typeof openRecorded>>;

describe("a session that changes something, against a recording server", () => {
  let recorded: Recorded;
  let session: Session;
  beforeEach(async () => {
    recorded = await openRecorded({ deadlineMs: 2_000 });
    session = await recorded.cluster.session(operator, "r-1");
    recorded.recorder.requests.length = 0;
    recorded.recorder.answer = answerJson({ kind: "Status" }, 201, { "audit-id": "audit-9" });
  });
  afterEach(() => recorded.close());

  const core = { group: "", version: "v1", namespace: "prod" };
  const pod: ObjectRef = { ...core, resource: "pods", name: "api-1" };
  const map: ObjectRef = { ...core, resource: "configmaps", name: "flags" };
  /** Method, path and query, and body of all that was sent. */
  const sent = () =>
    recorded.recorder.requests.map(({ method, target, body }) => [method, target, body && JSON.parse(body)]);
  const writing = "fieldManager=countersign-r-1&fieldValidation=Strict";

  describe("patch", () => {
    const path = "/apis/apps/v1/namespaces/prod/deployments/api";

    for (const [kind, type, body] of [
      ["merge", "application/merge-patch+json", { spec: { paused: true } }],
      ["strategic", "application/strategic-merge-patch+json", { spec: { $patch: "merge" } }],
      ["json", "application/json-patch+json", [{ op: "test", path: "/metadata/uid", value: "u" }]],
    ] as const)
      it(`sends a ${kind} patch as such, in the name of its request, unknown fields refused, dry when asked`, async () => {
        await session.patch(api, kind, body, { dryRun: true });
        await session.patch(api, kind, body);
        assert.deepEqual(sent(), [
          ["PATCH", `${path}?${writing}&dryRun=All`, body],
          ["PATCH", `${path}?${writing}`, body],
        ]);
        for (const { headers } of recorded.recorder.requests) assert.equal(headers["content-type"], type);
      });

    it("reaches an object of the whole cluster", async () => {
      await session.patch({ group: "", version: "v1", resource: "nodes", name: "node-1" }, "merge", {});
      assert.deepEqual(sent(), [["PATCH", `/api/v1/nodes/node-1?${writing}`, {}]]);
    });
  });

  describe("create", () => {
    const body = { metadata: { name: "flags", namespace: "prod" }, data: { a: "b" } };

    it("posts the object to its collection, and answers what the server made of it", async () => {
      const answer = await session.create(map, body);
      await session.create(map, body, { dryRun: true });
      assert.deepEqual(answer, { object: { kind: "Status" }, auditId: "audit-9" });
      const path = "/api/v1/namespaces/prod/configmaps";
      assert.deepEqual(sent(), [
        ["POST", `${path}?${writing}`, body],
        ["POST", `${path}?${writing}&dryRun=All`, body],
      ]);
      assert.equal(recorded.recorder.requests[0]?.headers["content-type"], "application/json");
    });

    it("asks an eviction of the pod that it names", async () => {
      const eviction = {
        metadata: { name: "api-1", namespace: "prod" },
        deleteOptions: { preconditions: { uid: "u" } },
      };
      await session.create({ ...pod, subresource: "eviction" }, eviction);
      assert.deepEqual(sent(), [["POST", `/api/v1/namespaces/prod/pods/api-1/eviction?${writing}`, eviction]]);
    });

    it("asks a question, which has no name", async () => {
      const question = { group: "authorization.k8s.io", version: "v1", resource: "subjectaccessreviews" };
      await session.create(question, { spec: { user: "alice" } });
      const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
      assert.deepEqual(sent(), [["POST", `${path}?${writing}`, { spec: { user: "alice" } }]]);
      assert.equal(await codeFrom(session.create(question, { metadata: { name: "a" } })), "not-sent");
    });

    it("sends no body that names another object than the path", async () => {
      const { metadata } = body;
      for (const bad of [
        {},
        [],
        null,
        "flags",
        { metadata: [] },
        { metadata: { name: "flags" } },
        { metadata: { namespace: "prod" } },
        { metadata: { ...metadata, name: "other" } },
        { metadata: { ...metadata, namespace: "other" } },
        { metadata: { ...metadata, generateName: "flags-" } },
      ]) {
        assert.equal(await codeFrom(session.create(map, bad)), "not-sent", JSON.stringify(bad));
        const eviction: ObjectRef = { ...pod, name: "flags", subresource: "eviction" };
        assert.equal(await codeFrom(session.create(eviction, bad)), "not-sent", JSON.stringify(bad));
      }
      assert.deepEqual(sent(), []);
    });
  });

  describe("remove", () => {
    it("removes the one object with this uid, and says what becomes of the rest", async () => {
      await session.remove(map, { uid: "u-1" });
      const removal = { uid: "u-1", resourceVersion: "7", propagation: "Foreground", graceSeconds: 0 } as const;
      await session.remove(map, removal, { dryRun: true });
      const path = "/api/v1/namespaces/prod/configmaps/flags";
      const options = { apiVersion: "v1", kind: "DeleteOptions" };
      assert.deepEqual(sent(), [
        ["DELETE", path, { ...options, preconditions: { uid: "u-1" } }],
        [
          "DELETE",
          `${path}?dryRun=All`,
          {
            ...options,
            preconditions: { uid: "u-1", resourceVersion: "7" },
            propagationPolicy: "Foreground",
            gracePeriodSeconds: 0,
            dryRun: ["All"],
          },
        ],
      ]);
      for (const { headers } of recorded.recorder.requests) assert.equal(headers["content-type"], "application/json");
    });

    it("sends no removal that does not say which object, or how long it may take", async () => {
      for (const removal of [
        {},
        { uid: "" },
        { uid: undefined },
        { uid: 7 },
        { uid: "u-1", resourceVersion: "" },
        { uid: "u-1", graceSeconds: -1 },
        { uid: "u-1", graceSeconds: 0.5 },
        { uid: "u-1", graceSeconds: Number.NaN },
      ])
        assert.equal(await codeFrom(session.remove(map, removal as Removal)), "not-sent", JSON.stringify(removal));
      assert.deepEqual(sent(), []);
    });

    it("never removes a collection, a part of an object or a namespace", async () => {
      const { name: _, ...all } = map;
      for (const ref of [
        all,
        { ...map, name: "" },
        { ...map, subresource: "status" },
        { group: "", version: "v1", resource: "namespaces", name: "prod" },
        { group: "", version: "v1", resource: "namespaces", name: "prod", subresource: "configmaps" },
      ])
        assert.equal(await codeFrom(session.remove(ref, { uid: "u-1" })), "not-sent", JSON.stringify(ref));
      assert.deepEqual(sent(), []);
    });
  });

  describe("log", () => {
    const slice = { tailLines: 5_000, limitBytes: 1_000_000 };
    const path = "/api/v1/namespaces/prod/pods/api-1/log";

    it("answers the text as it is, read in bounds", async () => {
      recorded.recorder.answer = (_, response) => void response.end('not json: {"a"\n\u00e9\n');
      assert.equal(await session.log(pod, slice), 'not json: {"a"\n\u00e9\n');
      await session.log(pod, { tailLines: 1, limitBytes: 1, container: "api", previous: true, sinceSeconds: 60 });
      assert.deepEqual(sent(), [
        ["GET", `${path}?tailLines=5000&limitBytes=1000000`, ""],
        ["GET", `${path}?tailLines=1&limitBytes=1&container=api&previous=true&sinceSeconds=60`, ""],
      ]);
    });

    it("is never read without bounds", async () => {
      for (const change of [
        { tailLines: 0 },
        { tailLines: 5_001 },
        { tailLines: Number.NaN },
        { limitBytes: 0 },
        { limitBytes: 1_000_001 },
        { limitBytes: 1.5 },
        { sinceSeconds: 0 },
        { sinceSeconds: -1 },
        { container: "" },
        { container: "a&follow=true" },
      ])
        assert.equal(await codeFrom(session.log(pod, { ...slice, ...change })), "not-sent", JSON.stringify(change));
      assert.equal(await codeFrom(session.get({ ...pod, subresource: "log" })), "not-sent");
      assert.deepEqual(sent(), []);
    });

    it("is of a pod, and only for accounts that may read logs", async () => {
      assert.equal(await codeFrom(session.log(map, slice)), "not-sent");
      const other = await openRecorded();
      const restarting = await other.cluster.session(restarter, "r-1");
      assert.equal(await codeFrom(restarting.log(pod, slice)), "not-sent");
      await other.close();
      assert.deepEqual(sent(), []);
    });
  });

  it("asks for no Secret, no way into a pod and no token, even where its account declares them", async () => {
    const secret: ObjectRef = { ...core, resource: "secrets", name: "a" };
    const body = { metadata: { name: "a", namespace: "prod" } };
    const { name: _, ...secrets } = secret;
    for (const call of [
      () => session.get(secret),
      () => session.list(secrets),
      () => session.create(secret, body),
      () => session.patch(secret, "merge", {}),
      () => session.remove(secret, { uid: "u-1" }),
      () => session.create({ ...pod, name: "a", subresource: "exec" }, body),
      () => session.create({ ...core, resource: "serviceaccounts", name: "a", subresource: "token" }, body),
    ])
      assert.equal(await codeFrom(call()), "not-sent");
    assert.deepEqual(sent(), []);
  });

  describe("a refusal", () => {
    const { resource, ...place } = pod;
    const eviction: ObjectRef = { ...place, resource, subresource: "eviction" };
    const body = { metadata: { name: "api-1", namespace: "prod" } };
    const refuse = async (status: number, answer: unknown, headers = {}) => {
      recorded.recorder.answer = mintingFirst(answerJson(answer, status, headers));
      return session.create(eviction, body).then(
        () => assert.fail("nothing was thrown"),
        ({ code, says, retryAfterMs, auditId }) => ({ code, says, retryAfterMs, auditId }),
      );
    };
    const busy = { kind: "Status", reason: "TooManyRequests", code: 429 };

    it("by a disruption budget names the budget; by a busy server it says when to come back", async () => {
      const message = "Cannot evict pod as it would violate the pod's disruption budget.";
      const words = "The disruption budget api needs 2 healthy pods and has 2 currently";
      const details = { causes: [{ reason: "DisruptionBudget", message: words }] };
      assert.deepEqual(await refuse(429, { ...busy, message, details }), {
        code: "disruption-budget",
        says: words,
        retryAfterMs: undefined,
        auditId: "audit-1",
      });
      assert.deepEqual(await refuse(429, { ...busy, message: "too many requests" }, { "retry-after": "2" }), {
        code: "too-many-requests",
        says: "too many requests",
        retryAfterMs: 2_000,
        auditId: "audit-1",
      });
    });
  });
});
