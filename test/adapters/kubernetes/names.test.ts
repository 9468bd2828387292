import assert from "node:assert/strict";
import fc from "fast-check";
import { ClusterFault, type ObjectRef } from "../../../src/ports/cluster.ts";
import { codeFrom } from "./fault-from.ts";
import { naughty } from "./naughty.ts";
import { api, openRecorded, reader, restarter } from "./recorded-cluster.ts";

type Recorded = Awaited<ReturnType<typeof openRecorded>>;

describe("attack: names and namespaces on their way into a path", () => {
  let recorded: Recorded;
  beforeEach(async () => {
    recorded = await openRecorded();
  });
  afterEach(() => recorded.close());

  const { name: _, ...all } = api;

  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...naughty) },
    { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 16 }) },
    { weight: 2, arbitrary: fc.stringMatching(/^[a-z.%/?#\\-]{0,6}$/) },
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,6}[a-z0-9])?$/) },
  );
  // Written down apart from the code under test: RFC 1123 as the API server checks it.
  const isLabel = (text: string) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) && text.length <= 63;
  const isName = (text: string) => text.length <= 253 && text.split(".").every(isLabel);

  it("reach the one path that was meant, or none: 20,000 generated ones", async function () {
    this.timeout(60_000);
    const { cluster, recorder } = recorded;
    const session = await cluster.session(restarter, "r-1");
    const pairs = fc.sample(fc.tuple(word, word), { numRuns: 20_000, seed: 7 });
    let reached = 0;
    for (const [namespace, name] of pairs) {
      recorder.requests.length = 0;
      const ref: ObjectRef = { ...api, namespace, name };
      const fault = await session.get(ref).then(
        () => undefined,
        (fault: unknown) => fault,
      );
      const targets = recorder.requests.map(({ target }) => target);
      if (isLabel(namespace) && isName(name)) {
        reached++;
        assert.deepEqual(targets, [`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`]);
      } else {
        assert.ok(fault instanceof ClusterFault && fault.code === "not-sent", JSON.stringify(ref));
        assert.deepEqual(targets, [], JSON.stringify(ref));
      }
    }
    assert.ok(reached > 500, `${reached} reached the server`);
  });

  const kinds = ["deployments", "pods", "nodes"];
  /** What these calls are is declared: nothing but the names can be what is refused. */
  const anything = {
    apiGroups: ["", "apps"],
    resources: kinds.flatMap((kind) => [kind, `${kind}/eviction`, `${kind}/log`]),
    verbs: ["get", "list", "watch", "patch", "create", "delete"],
    scope: "cluster",
  } as const;

  it("reach nothing when they are naughty, by any way in", async () => {
    const { cluster, recorder } = recorded;
    const { signal } = new AbortController();
    const session = await cluster.session({ ...reader, rules: [anything] }, "r-1");
    const before = recorder.requests.length;
    const pod: ObjectRef = { group: "", version: "v1", resource: "pods", namespace: "prod", name: "api-1" };
    const node: ObjectRef = { group: "", version: "v1", resource: "nodes", name: "node-1" };
    const slice = { tailLines: 1, limitBytes: 1 };
    const bodyOf = ({ name = "", namespace }: ObjectRef) => ({
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    });
    for (const text of naughty) {
      for (const ref of [
        { ...api, name: text },
        { ...api, namespace: text },
        { ...node, name: text },
        { ...pod, name: text },
        { ...pod, namespace: text },
      ])
        for (const call of [
          () => session.get(ref),
          () => session.patch(ref, "json", []),
          () => session.create(ref, bodyOf(ref)),
          () => session.create({ ...ref, subresource: "eviction" }, bodyOf(ref)),
          () => session.remove(ref, { uid: "u-1" }),
          () => session.log(ref, slice),
          () => session.watch(ref, "1", signal)[Symbol.asyncIterator]().next(),
        ])
          assert.equal(await codeFrom(call()), "not-sent", JSON.stringify(ref));
      for (const call of [
        () => session.list({ ...all, namespace: text }),
        () => session.log(pod, { ...slice, container: text }),
      ])
        assert.equal(await codeFrom(call()), "not-sent", JSON.stringify(text));
    }
    assert.equal(recorder.requests.length, before);
  });

  it("make no ticket, no session and no fence when they are naughty", async () => {
    const { cluster, recorder } = recorded;
    for (const text of naughty)
      for (const call of [
        () => cluster.takeTicket(text, {}),
        () => cluster.session(reader, text),
        () => cluster.session({ ...reader, account: text }, "r-1"),
        () => cluster.boundSession(restarter, text, 1),
      ])
        assert.equal(await codeFrom(call()), "not-sent", JSON.stringify(text));
    for (const fence of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.equal(await codeFrom(cluster.boundSession(restarter, "r-1", fence)), "not-sent");
    assert.equal(recorder.requests.length, 0);
  });
});
