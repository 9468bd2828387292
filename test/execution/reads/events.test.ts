import assert from "node:assert/strict";
import { readEvents } from "../../../src/execution/reads/events.ts";
import type { Events } from "../../../src/operation/catalogue/reads.ts";
import type { Json } from "../../../src/operation/plan.ts";
import type { KubeObject } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const ofProd: Events = { kind: "events", cluster: "demo", namespace: namespace("prod") };
const ofPod: Events = { ...ofProd, about: { kind: "Pod", name: name("api-1") } };
const ago = (seconds: number) => new Date(noon - seconds * 1_000).toISOString();

function event(message: string, parts: Readonly<Record<string, Json>>): KubeObject {
  return {
    metadata: { name: "x", creationTimestamp: ago(9_000) },
    type: "Normal",
    reason: "Pulled",
    involvedObject: { kind: "Pod", name: "api-1" },
    message,
    ...parts,
  };
}

async function answerOf(operation: Events, ...events: readonly KubeObject[]): Promise<string> {
  const answer = await readEvents(fakeSession({ list: async () => events }), operation, noon);
  assert.ok("answer" in answer);
  return answer.answer;
}

describe("readEvents", () => {
  it("shows the newest first, each repeated one once, whichever API wrote its time", async () => {
    assert.equal(
      await answerOf(
        ofProd,
        event("oldest", {}),
        event("a series", { series: { count: 3, lastObservedTime: ago(30) }, eventTime: ago(800) }),
        event("newest", { lastTimestamp: ago(5), count: 12, type: "Warning", reason: "BackOff" }),
        event("once", { lastTimestamp: null, eventTime: ago(600), count: 1 }),
      ),
      [
        "LAST SEEN  TYPE     REASON   OBJECT     MESSAGE",
        "5s (x12)   Warning  BackOff  pod/api-1  newest",
        "30s (x3)   Normal   Pulled   pod/api-1  a series",
        "10m        Normal   Pulled   pod/api-1  once",
        "2h         Normal   Pulled   pod/api-1  oldest",
      ].join("\n"),
    );
  });

  it("keeps a message of several lines on one", async () => {
    assert.match(await answerOf(ofProd, event("one\n two\r\n\tthree", {})), / one two three$/);
  });

  it("asks the cluster itself for those of one object", async () => {
    const asked: unknown[] = [];
    const session = fakeSession({
      async list(ref, match) {
        asked.push([ref.resource, ref.namespace, match]);
        return [];
      },
    });
    await readEvents(session, ofProd, noon);
    await readEvents(session, ofPod, noon);
    assert.deepEqual(asked, [
      ["events", "prod", {}],
      ["events", "prod", { fields: { "involvedObject.kind": "Pod", "involvedObject.name": "api-1" } }],
    ]);
  });

  it("says in a sentence that there are none, and that this proves little", async () => {
    assert.equal(await answerOf(ofProd), "No events in the namespace prod; the cluster forgets them after a while.");
    assert.match(await answerOf(ofPod), /^No events of the pod api-1 in the namespace prod;/);
  });
});
