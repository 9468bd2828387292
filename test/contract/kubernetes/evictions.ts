import assert from "node:assert/strict";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { deployment } from "../../lab/kubernetes/seed.ts";
import { type Bench, eventually, pod, refused } from "./bench.ts";

export function describeEvictions(bench: Bench): void {
  describe("evictions", () => {
    const evict = (name: string, rest: Record<string, unknown> = {}, query: Record<string, string> = {}) => {
      const body = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace: bench.namespace },
        ...rest,
      };
      return bench.admin.send("POST", bench.at("Pod", name, "eviction"), { body, query });
    };
    const done = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
    const isEnding = ({ metadata }: KubeObject) => metadata.deletionTimestamp !== undefined;
    const read = (name: string) => bench.admin.get(bench.at("Pod", name));
    const podsOf = (app: string) => bench.admin.list(bench.at("Pod"), { labelSelector: `app=${app}` });

    async function running(name: string): Promise<KubeObject> {
      await bench.make(pod(name));
      return eventually(
        () => read(name),
        ({ status }) => (status as { phase: string }).phase === "Running",
      );
    }

    const budgetOf = (name: string) => bench.admin.get(bench.at("PodDisruptionBudget", name));
    const statusOf = ({ status }: KubeObject) => status as Record<string, number> & { disruptedPods?: object };

    /** As many replicas, of which so many must be available. */
    async function guarded(
      app: string,
      replicas: number,
      spec: Record<string, unknown>,
    ): Promise<readonly KubeObject[]> {
      await bench.make(deployment(bench.namespace, app, replicas));
      await bench.make({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: app },
        spec: { ...spec, selector: { matchLabels: { app } } },
      });
      await eventually(
        () => budgetOf(app),
        (budget) => statusOf(budget)["currentHealthy"] === replicas,
      );
      return podsOf(app);
    }

    it("delete a pod that no budget covers, letting it end by itself", async () => {
      const { metadata } = await running("evicted");
      const deleteOptions = { preconditions: { uid: metadata.uid }, gracePeriodSeconds: 5 };
      const { status, body } = await evict("evicted", { deleteOptions });
      assert.deepEqual([status, body], [201, done]);
      const ending = await bench.admin.send("GET", bench.at("Pod", "evicted"));
      assert.ok(ending.status === 404 || ending.body.metadata["deletionGracePeriodSeconds"] === 5);
      await eventually(
        () => bench.admin.send("GET", bench.at("Pod", "evicted")),
        (answer) => answer.status === 404,
      );
      refused(await evict("evicted"), 404, "NotFound", 'pods "evicted" not found');
    });

    it("are only rehearsed with dryRun, in the query or in their own options", async () => {
      await running("rehearsed");
      assert.deepEqual((await evict("rehearsed", {}, { dryRun: "All" })).body, done);
      assert.deepEqual((await evict("rehearsed", { deleteOptions: { dryRun: ["All"] } })).body, done);
      assert.equal(isEnding(await read("rehearsed")), false);
    });

    it("of another uid or version than meant are a conflict, and evict nobody", async () => {
      const { metadata } = await running("meant");
      const attempt = (preconditions: unknown) => evict("meant", { deleteOptions: { preconditions } });
      const what = 'Operation cannot be fulfilled on Pod "meant": the';
      refused(
        await attempt({ uid: "other" }),
        409,
        "Conflict",
        `${what} UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
      );
      const stale = await attempt({ uid: metadata.uid, resourceVersion: "1" });
      refused(stale, 409, "Conflict", /^Operation .* the ResourceVersion in the precondition \(1\) does not match/);
      assert.equal(isEnding(await read("meant")), false);
    });

    it("must name the pod they are sent to, and nothing that is unknown when asked to be strict", async () => {
      await running("named");
      const unmatched = "name in URL does not match name in Eviction object";
      refused(await evict("named", { metadata: { name: "other" } }), 400, "BadRequest", unmatched);
      refused(await evict("named", { metadata: {} }), 400, "BadRequest", unmatched);
      const strict = await evict("named", { nope: 1 }, { fieldValidation: "Strict" });
      refused(strict, 400, "BadRequest", /strict decoding error: unknown field "nope"/);
      refused(await bench.admin.send("GET", bench.at("Pod", "named", "eviction")), 405, "MethodNotAllowed");
      assert.equal(isEnding(await read("named")), false);
    });

    it("stop where the budget ends, and go on when the pod was replaced", async () => {
      const [one, two] = await guarded("limited", 3, { minAvailable: 2 });
      const [first, second] = [one?.metadata.name ?? "", two?.metadata.name ?? ""];
      assert.equal((await evict(first, {}, { dryRun: "All" })).status, 201);
      assert.equal((await evict(first)).status, 201);
      for (const query of [{}, { dryRun: "All" }]) {
        const blocked = await evict(second, {}, query);
        refused(blocked, 429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.");
        assert.deepEqual(blocked.body["details"], {
          causes: [
            {
              reason: "DisruptionBudget",
              message: "The disruption budget limited needs 2 healthy pods and has 2 currently",
            },
          ],
        });
      }
      assert.equal(isEnding(await read(second)), false);
      await eventually(
        () => budgetOf("limited"),
        (budget) => statusOf(budget)["disruptionsAllowed"] === 1,
      );
      assert.equal((await evict(second)).status, 201);
      const whole = (pods: readonly KubeObject[]) => pods.length === 3 && !pods.some(isEnding);
      const left = await eventually(() => podsOf("limited"), whole);
      assert.ok(left.every(({ metadata }) => metadata.name !== first && metadata.name !== second));
    });

    it("that are a conflict have used up a disruption all the same", async () => {
      const [one] = await guarded("charged", 3, { minAvailable: 2 });
      const name = one?.metadata.name ?? "";
      const other = await evict(name, { deleteOptions: { preconditions: { uid: "other" } } });
      refused(other, 409, "Conflict");
      const { disruptionsAllowed, disruptedPods } = statusOf(await budgetOf("charged"));
      assert.deepEqual([disruptionsAllowed, Object.keys(disruptedPods ?? {})], [0, [name]]);
      refused(await evict(name), 429, "TooManyRequests");
    });

    it("of a pod with two budgets are a fault of the server", async () => {
      const [one] = await guarded("doubled", 1, { maxUnavailable: 1 });
      const spec = { maxUnavailable: 1, selector: { matchLabels: { app: "doubled" } } };
      await bench.make({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "doubled-2" }, spec });
      const { status, body } = await evict(one?.metadata.name ?? "");
      assert.deepEqual(
        [status, body.message],
        [500, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."],
      );
    });

    it("of a pod that is not ready cost nothing while the others are enough", async () => {
      const [one, two] = await guarded("broken", 2, { minAvailable: 1 });
      const name = one?.metadata.name ?? "";
      const conditions = [{ type: "Ready", status: "False" }];
      await bench.patch(bench.at("Pod", name, "status"), { status: { conditions } }, {}, "strategic");
      await eventually(
        () => budgetOf("broken"),
        (budget) => statusOf(budget)["disruptionsAllowed"] === 0,
      );
      refused(await evict(two?.metadata.name ?? ""), 429, "TooManyRequests");
      assert.equal((await evict(name)).status, 201);
    });

    it("of a pod that ends already, or never began, cost no budget", async () => {
      const [one] = await guarded("costless", 1, { minAvailable: 1 });
      const name = one?.metadata.name ?? "";
      refused(await evict(name), 429, "TooManyRequests");
      await bench.make({
        ...pod("pending", "registry.example/x:missing"),
        metadata: { name: "pending", labels: { app: "costless" } },
      });
      await eventually(
        () => read("pending"),
        ({ spec }) => (spec as { nodeName?: string }).nodeName !== undefined,
      );
      assert.equal((await evict("pending")).status, 201);
      await bench.admin.remove(bench.at("Pod", name));
      const again = await evict(name);
      assert.ok(again.status === 201 || again.status === 404, again.body.message);
    });
  });
}
