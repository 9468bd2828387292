import assert from "node:assert/strict";
import { readElevations } from "../../../src/execution/reads/elevations.ts";
import type { Elevations } from "../../../src/operation/catalogue/elevations.ts";
import type { KubeObject, ObjectRef } from "../../../src/ports/cluster.ts";
import { namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const everywhere: Elevations = { kind: "elevations", cluster: "demo" };

const binding = (request: string, expires: string, holder = "alice@example.com"): KubeObject => ({
  metadata: {
    namespace: "prod",
    annotations: {
      "countersign.dev/request": request,
      "countersign.dev/requester": "alice",
      "countersign.dev/expires": expires,
    },
  },
  roleRef: { kind: "ClusterRole", name: "edit" },
  subjects: [{ kind: "User", name: holder }],
});
const inMinutes = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();

describe("readElevations", () => {
  it("lists who holds what and until when, whose end is next first", async () => {
    const list = async () => [
      binding("r-b", inMinutes(30)),
      binding("r-a", inMinutes(5)),
      binding("r-c", inMinutes(-1)),
    ];
    assert.deepEqual(await readElevations(fakeSession({ list }), everywhere, noon), {
      answer: [
        "REQUEST  NAMESPACE  ROLE  HOLDER                  REQUESTER  ENDS",
        "r-c      prod       edit  user alice@example.com  alice      now",
        "r-a      prod       edit  user alice@example.com  alice      in 5m",
        "r-b      prod       edit  user alice@example.com  alice      in 30m",
      ].join("\n"),
    });
  });

  it("shows one whose annotations nobody can read, too", async () => {
    const list = async () => [{ metadata: { namespace: "prod" } }];
    const { answer } = (await readElevations(fakeSession({ list }), everywhere, noon)) as { answer: string };
    assert.match(answer, /\?.*unknown: ended at once$/);
  });

  it("looks in the namespace that was named, or everywhere, and says when there is none", async () => {
    const asked: ObjectRef[] = [];
    const list = async (ref: ObjectRef) => {
      asked.push(ref);
      return [];
    };
    const there = { ...everywhere, namespace: namespace("prod") };
    assert.deepEqual(await readElevations(fakeSession({ list }), there, noon), {
      answer: "Nobody holds a role for a while in the namespace prod.",
    });
    assert.deepEqual(await readElevations(fakeSession({ list }), everywhere, noon), {
      answer: "Nobody holds a role for a while in the cluster demo.",
    });
    assert.deepEqual(
      asked.map((ref) => ref.namespace),
      ["prod", undefined],
    );
  });
});
