import assert from "node:assert/strict";
import house from "../../../package.json" with { type: "json" };
import { openCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { codeFrom, faultFrom } from "./fault-from.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import {
  api,
  madeUpToken,
  mintingFirst,
  openRecorded,
  operator,
  ownToken,
  reader,
  restarter,
} from "./recorded-cluster.ts";
import { answerJson } from "./recorder.ts";

type Recorded = Awaited<ReturnType<typeof openRecorded>>;

describe("a session against a recording server", () => {
  let recorded: Recorded;
  beforeEach(async () => {
    recorded = await openRecorded({ deadlineMs: 2_000 });
  });
  afterEach(() => recorded.close());

  /** What was sent for anything but tokens, handles and tickets. */
  const sent = () =>
    recorded.recorder.requests.filter(({ target }) => !target.startsWith("/api/v1/namespaces/countersign-"));
  const answerWith = (...args: Parameters<typeof answerJson>) => {
    recorded.recorder.answer = mintingFirst(answerJson(...args));
  };

  it("answers with the server's own JSON, nothing dropped or renamed, and the audit id", async () => {
    const object = {
      kind: "Deployment",
      "x-unknown": [{ $ref: null }],
      metadata: { creationTimestamp: "2026-01-01T00:00:00Z" },
    };
    answerWith(object, 200, { "audit-id": "audit-9" });
    const session = await recorded.cluster.session(reader, "r-1");
    assert.deepEqual(await session.get(api), { object, auditId: "audit-9" });
  });

  it("says in each call who calls for which request, and as which account", async () => {
    const session = await recorded.cluster.session(reader, "r-abc");
    await session.get(api);
    const [minting, getting] = recorded.recorder.requests;
    assert.equal(minting?.headers.authorization, `Bearer ${ownToken}`);
    assert.equal(minting?.target, "/api/v1/namespaces/countersign-operations/serviceaccounts/countersign-reader/token");
    assert.deepEqual(JSON.parse(minting?.body ?? "")["spec"], { audiences: [], expirationSeconds: 600 });
    assert.equal(getting?.headers.authorization, `Bearer ${madeUpToken("jti-1")}`);
    for (const request of [minting, getting])
      assert.equal(request?.headers["user-agent"], `countersign/${house.version} req/r-abc`);
  });

  const { name: _, ...all } = api;

  it("lists page after page, with labels as exact matches", async () => {
    const pages = [
      { items: [{ a: 1 }], metadata: { continue: "next=/1" } },
      { items: [{ a: 2 }], metadata: {} },
    ];
    recorded.recorder.answer = mintingFirst((request, response) => answerJson(pages.shift())(request, response));
    const session = await recorded.cluster.session(reader, "r-1");
    assert.deepEqual(await session.list(all, { labels: { app: "api", "x.io/tier": "" } }), [{ a: 1 }, { a: 2 }]);
    const queries = sent().map(({ target }) => Object.fromEntries(new URL(target, "https://k").searchParams));
    const query = { limit: "500", labelSelector: "app=api,x.io/tier=" };
    assert.deepEqual(queries, [query, { ...query, continue: "next=/1" }]);
  });

  it("lists the whole cluster by a field, when its account may", async () => {
    const session = await recorded.cluster.session(operator, "r-1");
    const pods = { group: "", version: "v1", resource: "pods" };
    assert.deepEqual(
      await session.list(pods, { fields: { "spec.nodeName": "node-1", "status.phase": "Running" } }),
      [],
    );
    assert.equal(
      sent()[0]?.target,
      "/api/v1/pods?limit=500&fieldSelector=spec.nodeName%3Dnode-1%2Cstatus.phase%3DRunning",
    );
    assert.equal(
      await codeFrom(session.list({ ...all, namespace: "" }, { fields: { "metadata.name": "a" } })),
      "not-sent",
    );
    assert.equal(sent().length, 1);
  });

  it("says of a list that is too long where it was asked for", async () => {
    const items = Array.from({ length: 500 }, (_, i) => ({ i }));
    answerWith({ items, metadata: { continue: "more" } });
    const session = await recorded.cluster.session(operator, "r-1");
    const fault = await faultFrom(session.list({ group: "", version: "v1", resource: "pods" }));
    assert.equal(fault.says, "there are more than 5000 pods in the cluster");
  });

  it("cuts a list where the caller asked to, and refuses to cut one by itself", async () => {
    const items = Array.from({ length: 500 }, (_, i) => ({ i }));
    answerWith({ items, metadata: { continue: "more" } });
    const session = await recorded.cluster.session(reader, "r-1");
    assert.equal((await session.list(all, { limit: 500 })).length, 500);
    assert.equal(sent().length, 1);
    const fault = await faultFrom(session.list(all));
    assert.deepEqual([fault.code, fault.says], ["invalid", "there are more than 5000 deployments in prod"]);
    assert.equal(sent().length, 11);
    assert.equal(await codeFrom(session.list(all, { limit: 6_000 })), "invalid");
  });

  it("sends no list whose limit, label or field could mean everything", async () => {
    const session = await recorded.cluster.session(reader, "r-1");
    for (const limit of [0, -1, 0.5, Number.NaN])
      assert.equal(await codeFrom(session.list(all, { limit })), "not-sent");
    assert.equal(await codeFrom(session.list(all, { labels: { app: "a,b" } })), "not-sent");
    assert.equal(await codeFrom(session.list(all, { fields: { "metadata.name": "a,b" } })), "not-sent");
    assert.equal(await codeFrom(session.list(all, { fields: {} })), "not-sent");
    assert.deepEqual(sent(), []);
  });

  it("keeps its sockets: 50 calls after one another use at most 2", async () => {
    const session = await recorded.cluster.session(reader, "r-1");
    for (let i = 0; i < 50; i++) await session.get(api);
    assert.equal(sent().length, 50);
    assert.ok(recorded.recorder.connections() <= 2, `${recorded.recorder.connections()} sockets`);
  });

  for (const status of [301, 307, 308, 401, 408, 421, 425, 429, 500, 502, 503, 504])
    it(`sends a call once and never again when it is answered ${status}`, async () => {
      answerWith({}, status, { location: "/elsewhere", "retry-after": "0" });
      const session = await recorded.cluster.session(restarter, "r-1");
      await faultFrom(session.patch(api, "merge", {}));
      await faultFrom(session.get(api));
      assert.equal(sent().length, 2);
    });

  it("gives no-answer when the connection is cut before, in or after the head of the answer", async () => {
    for (const cut of ["before", "head", "body"] as const) {
      recorded.recorder.answer = mintingFirst((_, response) => {
        if (cut === "head") response.socket?.write("HTTP/1.1 200 OK\r\ncontent-le");
        if (cut === "body") response.writeHead(200, { "content-length": "100" }).write('{"kind":');
        setImmediate(() => response.socket?.destroy());
      });
      const session = await recorded.cluster.session(restarter, "r-1");
      assert.equal(await codeFrom(session.patch(api, "merge", {})), "no-answer", cut);
    }
    assert.equal(sent().length, 3);
  });

  it("gives no-answer when the deadline comes, be it for the head or the body", async () => {
    const impatient = await openRecorded({ deadlineMs: 150 });
    const session = await impatient.cluster.session(reader, "r-1");
    impatient.recorder.answer = () => undefined;
    assert.equal(await codeFrom(session.get(api)), "no-answer");
    impatient.recorder.answer = (_, response) => void response.writeHead(200).write('{"kind":');
    assert.equal(await codeFrom(session.get(api)), "no-answer");
    await impatient.close();
  });

  it("gives no-answer when nobody listens, or what is said is no JSON", async () => {
    const session = await recorded.cluster.session(reader, "r-1");
    recorded.recorder.answer = (_, response) => void response.end("<html>");
    assert.equal(await codeFrom(session.get(api)), "no-answer");
    await recorded.recorder.close();
    assert.equal(await codeFrom(session.get(api)), "no-answer");
  });

  it("believes no server that another authority vouches for", async () => {
    const stranger = await openRecorded({ user: { token: ownToken } });
    const kubeconfig = writeKubeconfig({ server: stranger.recorder.server, user: { token: ownToken } });
    const cluster = await openCluster({ name: "lab", kubeconfig: kubeconfig.path });
    assert.equal(await codeFrom(cluster.session(reader, "r-1")), "no-answer");
    assert.deepEqual(stranger.recorder.requests, []);
    await cluster.close();
    kubeconfig.remove();
    await stranger.close();
  });
});
