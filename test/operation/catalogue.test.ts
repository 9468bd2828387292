import assert from "node:assert/strict";
import { catalogue, entryOf, spoken } from "../../src/operation/catalogue.ts";
import { isRead, namespaceOf, type Operation, type OperationKind } from "../../src/operation/operation.ts";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { name, namespace } from "../contract/sample-request.ts";

const place = { clusters: ["demo"], defaultCluster: "demo" };
const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const node = { kind: "Node", name: name("worker-1") } as const;
const operations: readonly (readonly [Operation, string])[] = [
  [{ kind: "get", cluster: "demo", resource: "pods", namespace: namespace("prod") }, "get pods -n prod -c demo"],
  [
    { kind: "get", cluster: "demo", resource: "deployments", namespace: namespace("prod"), name: name("api") },
    "get deployments api -n prod -c demo",
  ],
  [{ kind: "rollout-status", cluster: "demo", target }, "rollout status deploy/api -n prod -c demo"],
  [{ kind: "rollout-history", cluster: "demo", target }, "rollout history deploy/api -n prod -c demo"],
  [{ kind: "top", cluster: "demo", resource: "pods", namespace: namespace("prod") }, "top pods -n prod -c demo"],
  [{ kind: "elevations", cluster: "demo", namespace: namespace("prod") }, "elevations -n prod -c demo"],
  [{ kind: "describe", cluster: "demo", target }, "describe deploy/api -n prod -c demo"],
  [
    {
      kind: "events",
      cluster: "demo",
      namespace: namespace("prod"),
      about: { kind: "Deployment", name: name("api") },
    },
    "events --for=deploy/api -n prod -c demo",
  ],
  [
    {
      kind: "logs",
      cluster: "demo",
      target: { ...target, kind: "Pod" },
      container: namespace("web"),
      tail: 20,
      since: 600,
      previous: true,
    },
    "logs po/api --container=web --tail=20 --since=600s --previous -n prod -c demo",
  ],
  [{ kind: "rollout-restart", cluster: "demo", target }, "rollout restart deploy/api -n prod -c demo"],
  [
    { kind: "rollout-restart", cluster: "demo", target: { ...target, kind: "DaemonSet" } },
    "rollout restart ds/api -n prod -c demo",
  ],
  [{ kind: "rollout-undo", cluster: "demo", target }, "rollout undo deploy/api -n prod -c demo"],
  [
    { kind: "rollout-undo", cluster: "demo", target, toRevision: 4 },
    "rollout undo deploy/api --to-revision=4 -n prod -c demo",
  ],
  [
    {
      kind: "set-image",
      cluster: "demo",
      target,
      images: { api: "registry.example/api:2", side: "docker.io/library/nginx:1" },
    },
    "set image deploy/api api=registry.example/api:2 side=docker.io/library/nginx:1 -n prod -c demo",
  ],
  [{ kind: "autoscale", cluster: "demo", target, min: 2 }, "autoscale deploy/api --min=2 -n prod -c demo"],
  [
    { kind: "autoscale", cluster: "demo", target: { ...target, kind: "HorizontalPodAutoscaler" }, min: 2, max: 9 },
    "autoscale hpa/api --min=2 --max=9 -n prod -c demo",
  ],
  [{ kind: "rollout-pause", cluster: "demo", target }, "rollout pause deploy/api -n prod -c demo"],
  [{ kind: "rollout-resume", cluster: "demo", target }, "rollout resume deploy/api -n prod -c demo"],
  [{ kind: "scale", cluster: "demo", target, replicas: 0 }, "scale deploy/api --replicas=0 -n prod -c demo"],
  [
    { kind: "scale", cluster: "demo", target: { ...target, kind: "StatefulSet" }, replicas: 2 },
    "scale sts/api --replicas=2 -n prod -c demo",
  ],
  [{ kind: "delete-pod", cluster: "demo", target: { ...target, kind: "Pod" } }, "delete po/api -n prod -c demo"],
  [
    { kind: "delete-pod-force", cluster: "demo", target: { ...target, kind: "Pod" } },
    "delete po/api --force -n prod -c demo",
  ],
  [
    { kind: "patch", cluster: "demo", target, field: "spec.minReadySeconds", value: 5 },
    "patch deploy/api --set=spec.minReadySeconds=5 -n prod -c demo",
  ],
  [
    { kind: "label", cluster: "demo", target, marks: { owner: null, team: "web" } },
    "label deploy/api owner- team=web -n prod -c demo",
  ],
  [
    { kind: "annotate", cluster: "demo", target, marks: { "example.com/why": "a move" } },
    'annotate deploy/api "example.com/why=a move" -n prod -c demo',
  ],
  [{ kind: "delete-deployment", cluster: "demo", target, cascade: "background" }, "delete deploy/api -n prod -c demo"],
  [
    { kind: "delete-statefulset", cluster: "demo", target: { ...target, kind: "StatefulSet" }, cascade: "orphan" },
    "delete sts/api --cascade=orphan -n prod -c demo",
  ],
  [
    { kind: "delete-job", cluster: "demo", target: { ...target, kind: "Job" }, cascade: "foreground" },
    "delete job/api --cascade=foreground -n prod -c demo",
  ],
  [
    { kind: "delete-configmap", cluster: "demo", target: { ...target, kind: "ConfigMap" }, cascade: "background" },
    "delete cm/api -n prod -c demo",
  ],
  [
    {
      kind: "elevate",
      cluster: "demo",
      target: { ...target, kind: "ClusterRole", name: name("edit") },
      seconds: 5_400,
    },
    "elevate --role=edit --for=1h30m -n prod -c demo",
  ],
  [
    { kind: "create-job", cluster: "demo", target: { ...target, kind: "CronJob" } },
    "create job --from=cj/api -n prod -c demo",
  ],
  [
    { kind: "create-job", cluster: "demo", target: { ...target, kind: "CronJob" }, job: name("now") },
    "create job now --from=cj/api -n prod -c demo",
  ],
  [
    { kind: "suspend-cronjob", cluster: "demo", target: { ...target, kind: "CronJob" } },
    "suspend cj/api -n prod -c demo",
  ],
  [
    { kind: "resume-cronjob", cluster: "demo", target: { ...target, kind: "CronJob" } },
    "resume cj/api -n prod -c demo",
  ],
  [
    {
      kind: "runbook",
      cluster: "demo",
      name: "recycle",
      parameters: { app: "api" },
      steps: [{ kind: "rollout-restart", cluster: "demo", target }],
    },
    "run recycle app=api -c demo",
  ],
  [{ kind: "cordon", cluster: "demo", target: node }, "cordon no/worker-1 -c demo"],
  [{ kind: "uncordon", cluster: "demo", target: node }, "uncordon no/worker-1 -c demo"],
  [
    { kind: "drain", cluster: "demo", target: node, ignoreDaemonSets: true, deleteEmptyDirData: false, force: true },
    "drain no/worker-1 --ignore-daemonsets --force -c demo",
  ],
];
const entries = Object.entries(catalogue) as [OperationKind, (typeof catalogue)[OperationKind]][];

describe("the catalogue", () => {
  it("knows every operation, and an example of each is tried here", () => {
    assert.deepEqual([...new Set(operations.map(([{ kind }]) => kind))].sort(), Object.keys(catalogue).sort());
  });

  it("says each operation as it would be typed", () => {
    for (const [operation, line] of operations) {
      assert.equal(spoken(operation), line);
      assert.equal(entryOf(operation), catalogue[operation.kind]);
      assert.equal(namespaceOf(operation), / -n /.test(line) ? "prod" : undefined);
    }
  });

  it("gives a usage that is understood as that very operation", () => {
    for (const [kind, { usage }] of entries) {
      // What a runbook is called, and with what, the policy says: `test/operation/run.test.ts`.
      if (kind === "runbook") continue;
      const line = usage
        .replace("pods|deployments", "pods")
        .replace("[--container=NAME] [--tail=N] [--since=10m] [--previous]", "--container=web")
        .replace("pods|nodes", "pods")
        .replace("KIND [NAME]", "po")
        .replace("KIND/NAME -n", "po/NAME -n")
        .replace("[--for=KIND/NAME]", "--for=po/api")
        .replace("CONTAINER=IMAGE", "api=registry.example/api:2")
        .replace("[--to-revision=N]", "--to-revision=2")
        .replace(/ \[--cascade=[^\]]*\]/, "")
        .replace("FIELD=VALUE", "spec.minReadySeconds=5")
        .replace("[NAME]", "api")
        .replace(/(\|[a-z]+)+\/NAME/, "/api")
        .replace("NAMESPACE", "prod")
        .replaceAll("=N ", "=3 ")
        .replace("NAME", "api")
        .replace("ROLE", "view")
        .replace("[-n prod]", "-n prod")
        .replace("NODE", "worker-1")
        .replaceAll(/\[(--[a-z-]+)\]/g, "$1")
        .replace("REASON", "why");
      const command = parse(line, place);
      assert.ok(!isRefusal(command) && command.kind === "operate", `${line}: ${JSON.stringify(command)}`);
      assert.equal(command.operation.kind, kind);
    }
  });

  it("counts as reading only what has no verb that changes anything, and as a change what has one", () => {
    const reading = new Set(["get", "list", "watch"]);
    for (const [kind, { group, rules }] of entries) {
      // It has no rules: it acts by those of its steps.
      if (kind === "runbook") continue;
      const changes = rules.flatMap(({ verbs }) => verbs).some((verb) => !reading.has(verb));
      assert.equal(group, changes ? "@change" : "@read", kind);
    }
    for (const [operation] of operations) assert.equal(!isRead(operation), entryOf(operation).group === "@change");
  });

  it("lets no two operations share an account, so that each token can do one thing", () => {
    const accounts = entries.map(([, { account }]) => account);
    assert.equal(new Set(accounts).size, accounts.length);
    for (const account of accounts) assert.match(account, /^countersign-[a-z-]+$/);
  });

  it("says what each does in one short line", () => {
    for (const [, { summary }] of entries) assert.match(summary, /^[a-z][^\n]{9,78}[^.\s]$/);
  });
});
