import assert from "node:assert/strict";
import type { WatchEvent } from "../../lab/kubernetes/admin-client.ts";
import { type Bench, configMap, refused } from "./bench.ts";

export function describeWatches(bench: Bench): void {
  describe("watches", () => {
    const path = () => bench.at("ConfigMap");
    const version = async () => (await bench.admin.send("GET", path())).body.metadata.resourceVersion;

    /** The first events of a watch, as many as `count`. */
    async function collect(query: Record<string, string>, count: number): Promise<readonly WatchEvent[]> {
      const events: WatchEvent[] = [];
      const stop = new AbortController();
      for await (const event of bench.admin.watch(path(), query, stop.signal)) {
        events.push(event);
        if (events.length >= count) stop.abort();
      }
      return events;
    }

    const brief = (events: readonly WatchEvent[]) =>
      events.map(({ type, object }) => `${type} ${object.metadata.name}`);

    async function liveOf(name: string): Promise<void> {
      await bench.make(configMap(name, { labels: { watched: name } }));
      await bench.admin.patch(bench.at("ConfigMap", name), { data: { a: "b" } });
      await bench.admin.patch(bench.at("ConfigMap", name), { data: { a: "b" } });
      await bench.admin.remove(bench.at("ConfigMap", name));
    }

    it("show each change after a version, once, in its order, with rising versions", async () => {
      const resourceVersion = await version();
      const watching = collect({ resourceVersion }, 3);
      await liveOf("watched");
      const events = await watching;
      assert.deepEqual(brief(events), ["ADDED watched", "MODIFIED watched", "DELETED watched"]);
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
      );
      assert.deepEqual(events[1]?.object["data"], { a: "b" });
      assert.equal(events[1]?.object.kind, "ConfigMap");
    });

    it("show what happened since a version long after it happened", async () => {
      const resourceVersion = await version();
      await liveOf("past");
      assert.deepEqual(brief(await collect({ resourceVersion }, 3)), ["ADDED past", "MODIFIED past", "DELETED past"]);
    });

    it("show one object by its name, and nothing of others", async () => {
      const resourceVersion = await version();
      await liveOf("unseen");
      await liveOf("named");
      const events = await collect({ resourceVersion, fieldSelector: "metadata.name=named" }, 3);
      assert.deepEqual(brief(events), ["ADDED named", "MODIFIED named", "DELETED named"]);
    });

    it("show an object come and go that begins and ceases to match", async () => {
      const resourceVersion = await version();
      const name = "matching";
      await bench.make(configMap(name));
      for (const match of ["yes", "no", "yes"])
        await bench.admin.patch(bench.at("ConfigMap", name), { metadata: { labels: { match } } });
      const events = await collect({ resourceVersion, labelSelector: "match=yes" }, 3);
      assert.deepEqual(brief(events), [`ADDED ${name}`, `DELETED ${name}`, `ADDED ${name}`]);
    });

    it("begin with all that stands when no version is given", async () => {
      await bench.make(configMap("standing", { labels: { stands: "yes" } }));
      for (const query of [{}, { resourceVersion: "0" }])
        assert.deepEqual(brief(await collect({ ...query, labelSelector: "stands" }, 1)), ["ADDED standing"]);
    });

    it("mark the end of what stood with a bookmark, when asked", async () => {
      await bench.make(configMap("marked", { labels: { marked: "yes" } }));
      const events = await collect(
        {
          labelSelector: "marked",
          sendInitialEvents: "true",
          resourceVersionMatch: "NotOlderThan",
          allowWatchBookmarks: "true",
        },
        2,
      );
      assert.deepEqual(
        events.map(({ type }) => type),
        ["ADDED", "BOOKMARK"],
      );
      const { kind, metadata } = events[1]?.object ?? assert.fail();
      assert.deepEqual(
        [kind, metadata.name, metadata.annotations],
        ["ConfigMap", undefined, { "k8s.io/initial-events-end": "true" }],
      );
      assert.ok(Number(metadata.resourceVersion) >= Number(events[0]?.object.metadata.resourceVersion));
    });

    it("end by themselves after the time they were given", async () => {
      const events = await collect({ resourceVersion: await version(), timeoutSeconds: "1" }, Number.POSITIVE_INFINITY);
      assert.deepEqual(events, []);
    });

    it("are refused from a version that cannot be one", async () => {
      const answer = await bench.admin.send("GET", path(), { query: { watch: "1", resourceVersion: "abc" } });
      assert.equal(answer.status, 500);
      const far = { resourceVersion: "99999999" };
      const future = await bench.admin.send("GET", path(), { query: far });
      refused(future, 504, "Timeout", /^Timeout: Too large resource version: 99999999, current: \d+$/);
    });
  });
}
