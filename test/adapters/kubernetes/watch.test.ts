import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { KubeObject } from "../../../src/ports/cluster.ts";
import { codeFrom } from "./fault-from.ts";
import { api, mintingFirst, openRecorded, restarter } from "./recorded-cluster.ts";
import { answerJson } from "./recorder.ts";

const at = (resourceVersion: string): KubeObject => ({ kind: "Deployment", metadata: { resourceVersion } });
const event = (type: string, object: KubeObject) => `${JSON.stringify({ type, object })}\n`;

/** What the server does when a watch begins, one entry for each time it does. */
type Stretch = (response: ServerResponse) => void;

async function take(count: number, objects: AsyncIterable<KubeObject>): Promise<readonly KubeObject[]> {
  const taken: KubeObject[] = [];
  for await (const object of objects) if (taken.push(object) === count) break;
  return taken;
}

describe("a watch against a recording server", () => {
  let recorded: Awaited<ReturnType<typeof openRecorded>>;
  beforeEach(async () => {
    recorded = await openRecorded({ deadlineMs: 2_000 });
  });
  afterEach(() => recorded.close());

  async function watch(stretches: readonly Stretch[], signal = new AbortController().signal) {
    const left = [...stretches];
    recorded.recorder.answer = mintingFirst((request, response) => {
      if (!request.target.includes("watch=true")) return answerJson(at("100"))(request, response);
      const stretch = left.shift();
      if (stretch) stretch(response);
    });
    const session = await recorded.cluster.session(restarter, "r-1");
    return session.watch(api, "7", signal);
  }
  const watched = () =>
    recorded.recorder.requests
      .map(({ target }) => new URL(target, "https://k"))
      .filter(({ searchParams }) => searchParams.has("watch"));
  const versions = () => watched().map(({ searchParams }) => searchParams.get("resourceVersion"));

  it("asks for this one object only, after the version it was given, with bookmarks", async () => {
    await take(1, await watch([(response) => response.write(event("MODIFIED", at("8")))]));
    assert.equal(watched()[0]?.pathname, "/apis/apps/v1/namespaces/prod/deployments");
    assert.deepEqual(Object.fromEntries(watched()[0]?.searchParams ?? []), {
      watch: "true",
      fieldSelector: "metadata.name=api",
      allowWatchBookmarks: "true",
      timeoutSeconds: "60",
      resourceVersion: "7",
    });
  });

  it("yields additions and changes, never bookmarks, in however many pieces they arrive", async () => {
    const text = event("ADDED", at("8")) + event("BOOKMARK", at("9")) + event("MODIFIED", { ...at("10"), name: "é" });
    const objects = await watch([
      async (response) => {
        for (const byte of Buffer.from(text)) {
          response.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
      },
    ]);
    assert.deepEqual(await take(2, objects), [at("8"), { ...at("10"), name: "é" }]);
  });

  it("goes on from the last version it saw, a bookmark's too, when a stretch ends or is cut in the middle", async () => {
    const objects = await watch([
      (response) => response.end(event("MODIFIED", at("8")) + event("BOOKMARK", at("9"))),
      (response) => {
        response.write(event("MODIFIED", at("10")) + event("MODIFIED", at("11")).slice(0, 20));
        setImmediate(() => response.socket?.destroy());
      },
      (response) => response.socket?.destroy(),
      (response) => response.writeHead(503).end("{}"),
      (response) => response.writeHead(429).end("{}"),
      (response) => response.write(event("MODIFIED", at("11"))),
    ]);
    assert.deepEqual(await take(3, objects), [at("8"), at("10"), at("11")]);
    assert.deepEqual(versions(), ["7", "9", "10", "10", "10", "10"]);
  });

  for (const [how, gone] of [
    ["in the answer", (response) => response.writeHead(410).end('{"reason":"Expired"}')],
    ["in the stream", (response) => response.write(event("ERROR", { kind: "Status", code: 410, reason: "Expired" }))],
  ] as readonly (readonly [string, Stretch])[])
    it(`reads the object instead when the server has forgotten that version, as it says ${how}`, async () => {
      const objects = await watch([gone, (response) => response.write(event("MODIFIED", at("101")))]);
      assert.deepEqual(await take(2, objects), [at("100"), at("101")]);
      assert.deepEqual(versions(), ["7", "100"]);
    });

  it("ends with not-found when the object is deleted", async () => {
    const objects = await watch([(response) => response.write(event("MODIFIED", at("8")) + event("DELETED", at("9")))]);
    assert.equal(await codeFrom(take(9, objects)), "not-found");
  });

  it("ends with the fault when it may not go on", async () => {
    for (const [status, code] of [
      [401, "unauthorized"],
      [403, "forbidden"],
      [400, "invalid"],
    ] as const) {
      const objects = await watch([(response) => response.writeHead(status).end("{}")]);
      assert.equal(await codeFrom(take(1, objects)), code);
    }
  });

  it("ends quietly when the signal comes: before it begins, while it waits, and between two stretches", async () => {
    assert.deepEqual(await take(1, await watch([], AbortSignal.abort())), []);
    assert.deepEqual(versions(), []);
    for (const stretch of [
      (response: ServerResponse) => response.write(event("MODIFIED", at("8"))),
      (response: ServerResponse) => response.end(event("MODIFIED", at("8"))),
      (response: ServerResponse) => response.socket?.destroy(),
    ]) {
      const ending = new AbortController();
      const timer = setTimeout(() => ending.abort(), 50);
      await take(9, await watch([stretch], ending.signal));
      clearTimeout(timer);
    }
  });

  it("lets go of its connection when nobody listens any more", async () => {
    let closed: (() => void) | undefined;
    const letGo = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const objects = await watch([
      (response) => {
        response.on("close", () => closed?.());
        response.write(event("MODIFIED", at("8")));
      },
    ]);
    await take(1, objects);
    await letGo;
  });
});
