import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ClusterFault } from "../../../src/ports/cluster.ts";
import { codeFrom, faultFrom } from "./fault-from.ts";
import { clientCertificate } from "./kubeconfig.ts";
import { api, madeUpToken, mintingFirst, openRecorded, ownToken, reader, restarter } from "./recorded-cluster.ts";
import { answerJson, testCertificate } from "./recorder.ts";

type Recorded = Awaited<ReturnType<typeof openRecorded>>;

describe("a cluster against a recording server", () => {
  let recorded: Recorded;
  beforeEach(async () => {
    recorded = await openRecorded({ deadlineMs: 2_000 });
  });
  afterEach(() => recorded.close());

  const answerWith = (...args: Parameters<typeof answerJson>) => {
    recorded.recorder.answer = mintingFirst(answerJson(...args));
  };

  it("never shows the worker's certificate where an account's token is meant to count", async () => {
    const certified = await openRecorded({ user: clientCertificate(testCertificate) });
    const session = await certified.cluster.boundSession(restarter, "r-1", 1);
    await session.get(api);
    await session.patch(api, "merge", {});
    await session.close();
    const byCertificate = certified.recorder.requests.map(({ certified, target }) => [certified, target.split("/")[1]]);
    assert.deepEqual(byCertificate, [
      [true, "api"],
      [true, "api"],
      [false, "apis"],
      [false, "apis"],
      [true, "api"],
    ]);
    await certified.close();
  });

  it("uses a token again for the same account only, and asks once when many want it at once", async () => {
    const { cluster, recorder } = recorded;
    const sessions = await Promise.all(Array.from({ length: 10 }, (_, i) => cluster.session(reader, `r-${i}`)));
    assert.deepEqual(new Set(sessions.map(({ credential }) => credential)), new Set(["jti-1"]));
    assert.equal((await cluster.session(restarter, "r-1")).credential, "jti-2");
    assert.equal((await cluster.session(reader, "r-1")).credential, "jti-1");
    assert.equal(recorder.requests.length, 2);
  });

  it("asks for another token when the one it has is in its last minute or not known any more", async () => {
    const { cluster, recorder } = recorded;
    recorder.answer = answerJson({ status: { token: madeUpToken("old", { exp: 1_060 }) } }, 201);
    assert.equal((await cluster.session(reader, "r-1")).credential, "old");
    answerWith({}, 401);
    const session = await cluster.session(reader, "r-1");
    assert.equal(session.credential, "jti-1");
    assert.equal(await codeFrom(session.get(api)), "unauthorized");
    assert.equal((await cluster.session(reader, "r-1")).credential, "jti-2");
  });

  it("asks again after a token was refused, and does not keep the refusal", async () => {
    const { cluster, recorder } = recorded;
    recorder.answer = answerJson({ reason: "Forbidden", message: "no" }, 403);
    assert.equal(await codeFrom(cluster.session(reader, "r-1")), "forbidden");
    recorder.answer = mintingFirst(answerJson({}));
    assert.equal((await cluster.session(reader, "r-1")).credential, "jti-1");
  });

  it("revokes earlier fences, binds a session to a Secret of its own that holds nothing, and deletes just that one", async () => {
    const session = await recorded.cluster.boundSession(restarter, "r-1", 3);
    await session.close();
    const handles = "/api/v1/namespaces/countersign-operations/secrets";
    const [, , making, minting, deleting] = recorded.recorder.requests;
    assert.deepEqual(
      recorded.recorder.requests.slice(0, 2).map(({ method, target }) => [method, target]),
      [
        ["DELETE", `${handles}/r-1-1`],
        ["DELETE", `${handles}/r-1-2`],
      ],
    );
    assert.equal(making?.target, `${handles}?fieldManager=countersign-r-1`);
    assert.deepEqual(JSON.parse(making?.body ?? ""), {
      metadata: { name: "r-1-3", labels: { "app.kubernetes.io/managed-by": "countersign" } },
      type: "countersign.dev/handle",
      immutable: true,
    });
    assert.deepEqual(JSON.parse(minting?.body ?? "")["spec"]["boundObjectRef"], {
      apiVersion: "v1",
      kind: "Secret",
      name: "r-1-3",
      uid: "uid-1",
    });
    assert.deepEqual([deleting?.method, deleting?.target], ["DELETE", `${handles}/r-1-3`]);
    assert.deepEqual(JSON.parse(deleting?.body ?? ""), { preconditions: { uid: "uid-1" } });
  });

  it("tries a failed revocation a few times, says when it could not, and is content when there is nothing left", async () => {
    const { cluster, recorder } = recorded;
    const deletions = () => recorder.requests.filter(({ method }) => method === "DELETE").length;
    const session = await cluster.boundSession(restarter, "r-1", 1);
    recorder.answer = answerJson({}, 503);
    assert.equal(await codeFrom(session.close()), "server-error");
    assert.equal(deletions(), 4);
    for (const gone of [404, 409]) {
      recorder.answer = answerJson({}, gone);
      await session.close();
    }
    recorder.answer = answerJson({}, 403);
    assert.equal(await codeFrom(session.close()), "forbidden");
    assert.equal(deletions(), 7);
  });

  it("leaves no handle behind when no token could be had", async () => {
    const { cluster, recorder } = recorded;
    recorder.answer = (request, response) =>
      request.target.endsWith("/token")
        ? answerJson({ reason: "NotFound", message: "no such account" }, 404)(request, response)
        : answerJson({ metadata: { uid: "uid-1" } }, 201)(request, response);
    const fault = await faultFrom(cluster.boundSession(restarter, "r-1", 1));
    assert.deepEqual([fault.code, fault.says], ["not-found", "no such account"]);
    assert.equal(recorder.requests.at(-1)?.method, "DELETE");
  });

  it("puts no token into any fault, however the server behaves", async () => {
    const token = madeUpToken("jti-1");
    const { cluster, recorder } = recorded;
    const session = await cluster.session(restarter, "r-1");
    const echo = { reason: "Invalid", message: `Bearer ${token} and ${ownToken.slice(0, 3)}`, token };
    const faults: unknown[] = [];
    const keep = (fault: unknown) => void faults.push(fault);
    for (const answer of [
      answerJson(echo, 422),
      answerJson(echo, 500),
      answerJson({ status: { token: "no-token-at-all" }, token }, 200),
      (_: unknown, response: { end(text: string): void }) => response.end(`{"status":{"token":"${token}"`),
      (_: unknown, response: { socket: { destroy(): void } | null }) => response.socket?.destroy(),
    ] as (typeof recorder.answer)[]) {
      recorder.answer = answer;
      await session.get(api).catch(keep);
      await session.patch(api, "merge", {}).catch(keep);
      await cluster.session(reader, "r-1").catch(keep);
      await cluster.boundSession(restarter, "r-1", 1).catch(keep);
      await cluster.takeTicket("r-1", {}).catch(keep);
    }
    assert.ok(faults.length >= 20, `${faults.length} faults`);
    const body = token.split(".")[1] ?? "";
    for (const fault of faults) {
      assert.ok(fault instanceof ClusterFault);
      const dump = `${inspect(fault, { depth: 20, showHidden: true })}${JSON.stringify(fault)}${fault.stack}${fault.says}`;
      assert.ok(!dump.includes(body) && !dump.includes(ownToken) && !dump.includes("Bearer e"), dump);
    }
  });
});
