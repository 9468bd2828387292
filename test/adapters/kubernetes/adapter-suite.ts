import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { openCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { renderAccounts } from "../../../src/operation/accounts.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import type { Account, ClusterFault, KubeObject, ObjectRef } from "../../../src/ports/cluster.ts";
import { type AdminClient, openAdminClient } from "../../lab/kubernetes/admin-client.ts";
import type { ClusterPeer } from "../../lab/kubernetes/peer.ts";
import { deployment, namespace } from "../../lab/kubernetes/seed.ts";
import { describeCalls, type LogKeeping } from "./calls-suite.ts";
import { codeFrom, faultFrom } from "./fault-from.ts";
import { install, workerTokenOf } from "./install.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Line, layLine } from "./line.ts";

const accountOf = ({ account, rules }: Account): Account => ({ account, rules });
const reader = accountOf(catalogue.get);
const restarter = accountOf(catalogue["rollout-restart"]);
const scaler = accountOf(catalogue.scale);

/** What the adapter promises of a cluster it reaches as the worker, held against the one that `start` gives. */
export function describeAdapter(
  name: string,
  start: (suite: Mocha.Context) => Promise<ClusterPeer>,
  logs: LogKeeping = "none",
): void {
  describe(`the Kubernetes adapter on ${name}`, function () {
    this.timeout(60_000);
    const place = `adapter-${process.pid}`;
    const api: ObjectRef = { group: "apps", version: "v1", resource: "deployments", namespace: place, name: "api" };
    const path = `/apis/apps/v1/namespaces/${place}/deployments`;
    const tickets = "/api/v1/namespaces/countersign-operations/configmaps";
    const handles = "/api/v1/namespaces/countersign-operations/secrets";
    let admin: AdminClient;
    let peer: ClusterPeer;
    let line: Line;
    let cluster: Awaited<ReturnType<typeof openCluster>>;
    let workerToken: string;
    let removeKubeconfig: () => void;
    let requests = 0;
    /** A request id that no other test uses. */
    const freshRequest = () => `r-${process.pid}-${++requests}`;

    before(async function () {
      peer = await start(this);
      admin = openAdminClient(peer);
      const objects = [...renderAccounts({ namespaces: [place] }), deployment(place, "api", 1)];
      await install(admin, [namespace(place), ...objects, deployment(place, "doomed", 1)]);
      workerToken = await workerTokenOf(admin);
      line = await layLine(peer.server);
      const { ca } = peer;
      const kubeconfig = writeKubeconfig({ server: line.server, ca, user: { token: workerToken } });
      removeKubeconfig = kubeconfig.remove;
      cluster = await openCluster({ name: "suite", kubeconfig: kubeconfig.path });
    });
    after(async () => {
      await cluster?.close();
      await line?.close();
      await admin?.close();
      await peer?.close();
      removeKubeconfig?.();
    });

    const versionOf = (object: KubeObject) => String((object["metadata"] as KubeObject)["resourceVersion"]);
    /** The status may move meanwhile; what people approve does not. */
    const specOf = (object: { readonly [key: string]: unknown }) => object["spec"];
    const annotate = (value: string) => ({ metadata: { annotations: { "example.org/mark": value } } });

    describe("reading", () => {
      it("gets an object as the server has it, whole", async () => {
        const session = await cluster.session(reader, freshRequest());
        const { object, auditId } = await session.get(api);
        assert.notEqual(auditId, "");
        assert.deepEqual(Object.keys(object).sort(), Object.keys(await admin.get(`${path}/api`)).sort());
        assert.deepEqual(specOf(object), specOf(await admin.get(`${path}/api`)));
      });

      it("lists one namespace, by label when asked", async () => {
        const session = await cluster.session(reader, freshRequest());
        const { name: _, ...all } = api;
        const names = (objects: readonly KubeObject[]) =>
          objects.map((object) => String((object["metadata"] as KubeObject)["name"])).filter((x) => x !== "doomed");
        assert.deepEqual(names(await session.list(all)), ["api"]);
        assert.deepEqual(names(await session.list(all, { labels: { app: "api" } })), ["api"]);
        assert.deepEqual(names(await session.list(all, { labels: { app: "other" } })), []);
      });

      it("says not-found of what is not there", async () => {
        const session = await cluster.session(reader, freshRequest());
        const fault = await faultFrom(session.get({ ...api, name: "nobody" }));
        assert.deepEqual([fault.code, fault.says], ["not-found", 'deployments.apps "nobody" not found']);
      });
    });

    describe("rights", () => {
      it("sends nothing that the operation does not declare", async () => {
        const session = await cluster.session(reader, freshRequest());
        assert.equal(await codeFrom(session.patch(api, "merge", annotate("never"))), "not-sent");
        assert.equal(await codeFrom(session.get({ ...api, group: "", resource: "secrets" })), "not-sent");
      });

      it("is refused by the server itself where our own check is bypassed, with an audit id", async () => {
        const bold = { account: reader.account, rules: restarter.rules };
        const session = await cluster.session(bold, freshRequest());
        const fault = await faultFrom(session.patch(api, "merge", annotate("never")));
        assert.equal(fault.code, "forbidden");
        assert.match(
          fault.says,
          /^deployments\.apps "api" is forbidden: User "system:serviceaccount:countersign-operations:countersign-reader" cannot patch/,
        );
        assert.ok(fault.auditId);
      });

      it("is refused in a namespace it is not installed for", async () => {
        const session = await cluster.session(restarter, freshRequest());
        assert.equal(await codeFrom(session.get({ ...api, namespace: "kube-system" })), "forbidden");
      });

      it("scales through the subresource alone", async () => {
        const bold = { account: scaler.account, rules: [...scaler.rules, ...restarter.rules] };
        const session = await cluster.session(bold, freshRequest());
        assert.equal(await codeFrom(session.patch(api, "merge", { spec: { replicas: 2 } })), "forbidden");
        const { object } = await session.patch({ ...api, subresource: "scale" }, "merge", { spec: { replicas: 2 } });
        assert.deepEqual([object["kind"], specOf(object)], ["Scale", { replicas: 2 }]);
        await admin.patch(`${path}/api/scale`, { spec: { replicas: 1 } });
      });

      it("leaves the worker itself without any right but its own five", async () => {
        const as = async (method: string, target: string, body?: unknown) =>
          (await admin.as(workerToken).send(method, target, method === "PATCH" ? mergePatch : { body })).status;
        assert.equal(await as("GET", `${path}/api`), 403);
        assert.equal(await as("GET", handles), 403);
        assert.equal(await as("GET", `${handles}/any`), 403);
        assert.equal(await as("PATCH", `${handles}/any`), 403);
        assert.equal(await as("GET", tickets), 403);
        assert.equal(await as("PATCH", `${tickets}/any`), 403);
        const accounts = "/api/v1/namespaces/countersign-operations/serviceaccounts";
        assert.equal(await as("POST", `${accounts}/default/token`, { spec: {} }), 403);
        assert.equal(await as("POST", accounts, { metadata: { name: "mine" } }), 403);
      });
    });

    describe("changing", () => {
      it("stores nothing in a dry run", async () => {
        const session = await cluster.session(restarter, freshRequest());
        const { object } = await session.patch(api, "merge", annotate("dry"), { dryRun: true });
        assert.match(JSON.stringify(object), /"example.org\/mark":"dry"/);
        assert.doesNotMatch(JSON.stringify(await admin.get(`${path}/api`)), /"dry"/);
      });

      it("writes as its request, and refuses a field that does not exist", async () => {
        const request = freshRequest();
        const session = await cluster.session(restarter, request);
        const { object } = await session.patch(api, "merge", annotate("written"));
        const managed = (object["metadata"] as KubeObject)["managedFields"] as readonly KubeObject[];
        assert.ok(
          managed.some((entry) => entry["manager"] === `countersign-${request}` && entry["operation"] === "Update"),
        );
        const fault = await faultFrom(session.patch(api, "merge", { spec: { replicaz: 9 } }));
        assert.equal(fault.code, "invalid");
        assert.match(fault.says, /unknown field "spec.replicaz"/);
        assert.doesNotMatch(fault.says, /managedFields|metadata/);
      });

      it("is refused where the object has moved on, or is another one of that name", async () => {
        const session = await cluster.session(restarter, freshRequest());
        const { object } = await session.get(api);
        const resourceVersion = versionOf(object);
        await session.patch(api, "merge", annotate(`moved-${resourceVersion}`));
        const stale = { metadata: { ...annotate("stale").metadata, resourceVersion } };
        assert.equal(await codeFrom(session.patch(api, "merge", stale)), "conflict");
        const stranger = {
          metadata: { ...annotate("stranger").metadata, uid: "00000000-0000-4000-8000-000000000000" },
        };
        assert.equal(await codeFrom(session.patch(api, "merge", stranger)), "invalid");
        const both = { metadata: { ...stranger.metadata, resourceVersion } };
        assert.equal(await codeFrom(session.patch(api, "merge", both)), "conflict");
        assert.doesNotMatch(JSON.stringify(await admin.get(`${path}/api`)), /"stale"|"stranger"/);
      });

      it("gives no-answer for a change whose reply was lost, and does not make it twice", async () => {
        const session = await cluster.session(restarter, freshRequest());
        const lose = async () => {
          const resourceVersion = versionOf((await session.get(api)).object);
          const body = { metadata: { ...annotate("lost").metadata, resourceVersion } };
          line.loseNextReply();
          assert.equal(await codeFrom(session.patch(api, "merge", body)), "no-answer");
          for (;;) {
            const object = await admin.get(`${path}/api`);
            if (JSON.stringify(object).includes('"lost"')) return body;
            // A controller wrote the status in between: the answer that was lost was a no, and nothing was made.
            if (object.metadata.resourceVersion !== resourceVersion) return undefined;
            await sleep(20);
          }
        };
        let body = await lose();
        while (!body) body = await lose();
        // The same bytes again: the precondition has been used up by the first.
        assert.equal(await codeFrom(session.patch(api, "merge", body)), "conflict");
      });
    });

    describeCalls(() => ({ admin, cluster, freshRequest }), logs);

    describe("watching", () => {
      it("yields every later change, through cut lines, until the signal ends it quietly", async () => {
        const session = await cluster.boundSession(restarter, freshRequest(), 1);
        const { object } = await session.get(api);
        const ending = new AbortController();
        const marks: (string | undefined)[] = [];
        await admin.patch(`${path}/api`, annotate("watched-1"));
        for await (const seen of session.watch(api, versionOf(object), ending.signal)) {
          const { annotations } = seen["metadata"] as { annotations?: Readonly<Record<string, string>> };
          const mark = annotations?.["example.org/mark"];
          // The controller's own writes come in between.
          if (mark === marks.at(-1)) continue;
          marks.push(mark);
          if (marks.length === 2) line.cut();
          if (marks.length === 4) ending.abort();
          else await admin.patch(`${path}/api`, annotate(`watched-${marks.length + 1}`));
        }
        await session.close();
        assert.deepEqual(marks, ["watched-1", "watched-2", "watched-3", "watched-4"]);
      });

      it("ends with not-found when the object is deleted", async () => {
        const doomed = { ...api, name: "doomed" };
        const session = await cluster.session(restarter, freshRequest());
        const { object } = await session.get(doomed);
        const watching = (async () => {
          for await (const _ of session.watch(doomed, versionOf(object), new AbortController().signal));
        })();
        await admin.remove(`${path}/doomed`);
        assert.equal(await codeFrom(watching), "not-found");
      });
    });

    describe("acting once", () => {
      it("acts under a token of its own, which is dead soon after the session is closed", async () => {
        const request = freshRequest();
        const session = await cluster.boundSession(restarter, request, 7);
        const standing = await cluster.session(restarter, request);
        assert.notEqual(session.credential, standing.credential);
        const handle = await admin.get(`${handles}/${request}-7`);
        assert.deepEqual(
          [handle["type"], handle["immutable"], handle["data"]],
          ["countersign.dev/handle", true, undefined],
        );
        await session.patch(api, "merge", annotate("bound"));
        await session.close();
        assert.equal((await admin.send("GET", `${handles}/${request}-7`)).status, 404);
        // About 10 s on a real server (facts/kubernetes.md section 3).
        let code: string | undefined;
        while (code === undefined) {
          code = await session.get(api).then(
            () => undefined,
            (fault: ClusterFault) => fault.code,
          );
          await sleep(100);
        }
        assert.equal(code, "unauthorized");
        await standing.get(api);
        await session.close();
      });

      it("gives one handle to one execution", async () => {
        const request = freshRequest();
        const session = await cluster.boundSession(restarter, request, 1);
        assert.equal(await codeFrom(cluster.boundSession(restarter, request, 1)), "already-exists");
        await (await cluster.boundSession(restarter, request, 2)).close();
        await session.close();
      });

      it("revokes the tokens of all earlier fences before a later one gets its own", async () => {
        const request = freshRequest();
        const sleeper = await cluster.boundSession(restarter, request, 1);
        await sleeper.get(api);
        const later = await cluster.boundSession(restarter, request, 3);
        assert.equal((await admin.send("GET", `${handles}/${request}-1`)).status, 404);
        let code: string | undefined;
        while (code === undefined) {
          code = await sleeper.get(api).then(
            () => undefined,
            (fault: ClusterFault) => fault.code,
          );
          await sleep(100);
        }
        assert.equal(code, "unauthorized");
        await later.get(api);
        await later.close();
      });

      it("gives the ticket to one of ten who ask at once, and shows the others whose it is", async () => {
        const request = freshRequest();
        const contents = Array.from({ length: 10 }, (_, i) => ({ digest: "d", fence: String(i + 1) }));
        assert.equal(await cluster.ticket(request), undefined);
        const answers = await Promise.all(contents.map((content) => cluster.takeTicket(request, content)));
        assert.deepEqual(await cluster.ticket(request), contents[answers.indexOf("mine")]);
        const mine = answers.indexOf("mine");
        const others = answers.filter((answer) => answer !== "mine");
        assert.equal(others.length, 9);
        for (const answer of others) assert.deepEqual(answer, { taken: contents[mine] });
        const ticket = await admin.get(`${tickets}/${request}`);
        assert.deepEqual([ticket["immutable"], ticket["data"]], [true, contents[mine]]);
      });

      it("knows its own ticket when the reply was lost, and another's", async () => {
        const request = freshRequest();
        await (await cluster.session(reader, request)).get(api);
        line.loseNextReply();
        assert.equal(await cluster.takeTicket(request, { fence: "1" }), "mine");
        await (await cluster.session(reader, request)).get(api);
        line.loseNextReply();
        assert.deepEqual(await cluster.takeTicket(request, { fence: "2" }), { taken: { fence: "1" } });
        assert.deepEqual(await cluster.takeTicket(request, { fence: "1" }), { taken: { fence: "1" } });
      });
    });
  });
}

const mergePatch = { body: {}, contentType: "application/merge-patch+json" };
