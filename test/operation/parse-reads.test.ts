import assert from "node:assert/strict";
import fc from "fast-check";
import { spoken } from "../../src/operation/catalogue.ts";
import { parseName, parseNamespace } from "../../src/operation/name.ts";
import type { Operation, Read } from "../../src/operation/operation.ts";
import { type Command, type Place, parse } from "../../src/operation/parse.ts";
import { isRefusal, type RefusalCode } from "../../src/operation/refusal.ts";
import { name, namespace } from "../contract/sample-request.ts";

const place: Place = { clusters: ["demo", "prod-eu"], defaultCluster: "demo" };
const [prod, api] = [namespace("prod"), name("api")];
type Of<K extends Read["kind"]> = Extract<Read, { kind: K }>;
const log: Of<"logs"> = {
  kind: "logs",
  cluster: "demo",
  target: { kind: "Pod", namespace: prod, name: name("api-1") },
  tail: 100,
};
const get: Of<"get"> = { kind: "get", cluster: "demo", resource: "pods", namespace: prod };
const target = { kind: "Deployment", namespace: prod, name: api } as const;
const describing: Of<"describe"> = { kind: "describe", cluster: "demo", target };
const sts = { ...target, kind: "StatefulSet" } as const;
const node = { kind: "Node", name: name("node-a") } as const;
const operate = (operation: Operation, reason = ""): Command => ({ kind: "operate", operation, reason });

const understood: readonly (readonly [text: string, command: Command])[] = [
  ["get sts -n prod", operate({ ...get, resource: "statefulsets" })],
  ["get statefulset/api -n prod", operate({ ...get, resource: "statefulsets", name: api })],
  ["get ds -n prod", operate({ ...get, resource: "daemonsets" })],
  ["get rs -n prod", operate({ ...get, resource: "replicasets" })],
  ["get jobs.batch -n prod", operate({ ...get, resource: "jobs" })],
  ["get cj -n prod", operate({ ...get, resource: "cronjobs" })],
  ["get svc api -n prod", operate({ ...get, resource: "services", name: api })],
  ["get cm -n prod", operate({ ...get, resource: "configmaps" })],
  ["get hpa -n prod", operate({ ...get, resource: "horizontalpodautoscalers" })],
  ["get pdb -n prod", operate({ ...get, resource: "poddisruptionbudgets" })],
  ["get nodes", operate({ kind: "get", cluster: "demo", resource: "nodes" })],
  ["get no/node-a -c prod-eu", operate({ kind: "get", cluster: "prod-eu", resource: "nodes", name: node.name })],
  ["get events -n prod", operate({ kind: "events", cluster: "demo", namespace: prod })],
  ["get ev -n prod", operate({ kind: "events", cluster: "demo", namespace: prod })],

  ["describe deploy/api -n prod", operate(describing)],
  ["describe deployment api -n prod -- why", operate(describing, "why")],
  ["describe pod api-1 -n prod", operate({ ...describing, target: log.target })],
  ["describe node node-a", operate({ ...describing, target: node })],

  ["rollout status deploy/api -n prod", operate({ kind: "rollout-status", cluster: "demo", target })],
  ["rollout history sts api -n prod", operate({ kind: "rollout-history", cluster: "demo", target: sts })],

  ["top pods -n prod", operate({ kind: "top", cluster: "demo", resource: "pods", namespace: prod })],
  ["top po/api -n prod", operate({ kind: "top", cluster: "demo", resource: "pods", namespace: prod, name: api })],
  ["top node", operate({ kind: "top", cluster: "demo", resource: "nodes" })],
  ["top no node-a", operate({ kind: "top", cluster: "demo", resource: "nodes", name: node.name })],

  ["logs pod/api-1 -n prod", operate(log)],
  ["logs po api-1 -n prod -- what happened", operate(log, "what happened")],
  ["logs api-1 -n prod", operate(log)],
  ["logs api-1 -n prod --tail=1", operate({ ...log, tail: 1 })],
  ["logs api-1 -n prod --tail 1000 --since 1h30m", operate({ ...log, tail: 1_000, since: 5_400 })],
  ["logs api-1 -n prod --since=7d -p", operate({ ...log, since: 604_800, previous: true })],
  ["logs api-1 -n prod --container sidecar", operate({ ...log, container: namespace("sidecar") })],
];

const refused: readonly (readonly [text: string, code: RefusalCode, says: RegExp, remedy: RegExp])[] = [
  ["get namespaces", "bad-arguments", /`namespaces` cannot be read/, /^There are: po, deploy, .*ev\.$/],
  ["get rolebindings -n prod", "bad-arguments", /cannot be read/, /There are/],
  ["get all -n prod", "bad-arguments", /`all` cannot be read/, /There are/],
  ["get secrets -n prod", "bad-arguments", /Secrets are never read from here/, /account of your own/],
  ["get secret/db -n prod", "bad-arguments", /Secrets are never read from here/, /account of your own/],
  ["get nodes -n prod", "bad-arguments", /node belongs to no namespace/, /Leave out `-n`/],
  ["get sts", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["get events", "bad-arguments", /namespace is missing/, /events -n NAMESPACE/],
  ["get events x -n prod", "bad-arguments", /`x` is too much/, /events -n NAMESPACE/],
  ["get pods a b -n prod", "bad-arguments", /`b` is too much/, /get KIND/],

  ["describe", "bad-arguments", /not said what to describe/, /describe KIND\/NAME/],
  ["describe secret/db -n prod", "bad-arguments", /Secrets are never read/, /account of your own/],
  ["describe api -n prod", "bad-arguments", /`api` cannot be read/, /There are: po, .* no\.$/],
  ["describe ev/a -n prod", "bad-arguments", /cannot be read/, /There are/],
  ["describe deploy -n prod", "bad-arguments", /deployment's name is missing/, /describe KIND\/NAME/],
  ["describe deploy/api web -n prod", "bad-arguments", /`web` is too much/, /describe KIND\/NAME/],
  ["describe deploy/api", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["describe node/a -n prod", "bad-arguments", /node belongs to no namespace/, /Leave out/],
  ["describe pod/.. -n prod", "bad-name", /cannot be a name/, /begins and ends/],

  ["rollout status pod/a -n prod", "bad-arguments", /`pod\/a` is not a deployment, statefulset/, /rollout status/],
  ["rollout history deploy/a --revision=2 -n prod", "bad-arguments", /`--revision` is not/, /rollout history/],
  ["rollout status deploy/api", "bad-arguments", /namespace is missing/, /rollout status/],

  ["top", "bad-arguments", /not said what to measure/, /`top pods` and `top nodes`/],
  ["top deploy -n prod", "bad-arguments", /What `deploy` uses is not measured/, /`top pods`/],
  ["top pods", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["top nodes -n prod", "bad-arguments", /node belongs to no namespace/, /Leave out/],
  ["top pods a b -n prod", "bad-arguments", /`b` is too much/, /top pods/],

  ["logs -n prod", "bad-arguments", /not said which pod/, /logs pod\/NAME/],
  ["logs pod -n prod", "bad-arguments", /pod's name is missing/, /logs pod\/NAME/],
  [
    "logs deploy/api -n prod",
    "bad-arguments",
    /deployment has no log of its own: only pods have/,
    /^`get pods -n prod` lists them/,
  ],
  ["logs job/x -n prod", "bad-arguments", /job has no log/, /`logs pod\/NAME -n prod`/],
  ["logs api-1 web -n prod", "bad-arguments", /`web` is too much/, /--container/],
  ["logs pod/a/b -n prod", "bad-arguments", /is not a pod/, /logs pod\/NAME/],
  ["logs api-1 -n prod -c web", "unknown-cluster", /no cluster `web`/, /`--container`/],
  ["logs api-1 -n prod -f", "bad-arguments", /`-f` is not an argument/, /Usage/],
  ["logs api-1 -n prod --previous=yes", "bad-arguments", /takes no value/, /Usage/],
  ["logs api-1 -n prod --container=../x", "bad-name", /cannot be a name/, /begins and ends/],
  ...["0", "1001", "-1", "all"].map(
    (tail) => [`logs api-1 -n prod --tail=${tail}`, "bad-arguments", /no number of lines/, /1 to 1000/] as const,
  ),
  ...["0s", "8d", "10", "m", "-5m", "1.5h", "1w"].map(
    (since) => [`logs api-1 -n prod --since=${since}`, "bad-arguments", /no time to look back/, /90s, 10m/] as const,
  ),
];

describe("parse, of reads", () => {
  for (const [text, command] of understood)
    it(`understands ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parse(text, place), command);
    });

  for (const [text, code, says, remedy] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const refusal = parse(text, place);
      assert.ok(isRefusal(refusal), JSON.stringify(refusal));
      assert.equal(refusal.refused, code);
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
      for (const sentence of [refusal.says, refusal.remedy ?? ""]) assert.ok(sentence.length < 250, sentence);
    });

  it("understands what it speaks, with a reason and without", () => {
    fc.assert(
      fc.property(anyRead, (operation) => {
        assert.deepEqual(parse(spoken(operation), place), operate(operation));
        assert.deepEqual(parse(`${spoken(operation)} -- why`, place), operate(operation, "why"));
      }),
      { numRuns: 500 },
    );
  });
});

const plain = { noNullPrototype: true };
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const anyNamespace = label.map((text) => parseNamespace(text) ?? prod);
const anyName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => parseName(labels.join(".")) ?? api);
const cluster = fc.constantFrom(...place.clusters);
const anyRead: fc.Arbitrary<Read> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("get" as const),
      cluster,
      resource: fc.constantFrom("pods" as const, "horizontalpodautoscalers" as const, "configmaps" as const),
      namespace: anyNamespace,
      name: anyName,
    },
    { requiredKeys: ["kind", "cluster", "resource", "namespace"], ...plain },
  ),
  fc.record(
    { kind: fc.constant("get" as const), cluster, resource: fc.constant("nodes" as const), name: anyName },
    { requiredKeys: ["kind", "cluster", "resource"], ...plain },
  ),
  fc.record(
    {
      kind: fc.constantFrom("rollout-status" as const, "rollout-history" as const),
      cluster,
      target: fc.record(
        { kind: fc.constantFrom("Deployment" as const, "DaemonSet" as const), namespace: anyNamespace, name: anyName },
        plain,
      ),
    },
    plain,
  ),
  fc.record(
    { kind: fc.constant("top" as const), cluster, resource: fc.constant("nodes" as const), name: anyName },
    { requiredKeys: ["kind", "cluster", "resource"], ...plain },
  ),
  fc.record(
    {
      kind: fc.constant("describe" as const),
      cluster,
      target: fc.oneof(
        fc.record(
          { kind: fc.constantFrom("Job" as const, "Service" as const), namespace: anyNamespace, name: anyName },
          plain,
        ),
        fc.record({ kind: fc.constant("Node" as const), name: anyName }, plain),
      ),
    },
    plain,
  ),
  fc.record(
    {
      kind: fc.constant("logs" as const),
      cluster,
      target: fc.record({ kind: fc.constant("Pod" as const), namespace: anyNamespace, name: anyName }, plain),
      container: anyNamespace,
      tail: fc.integer({ min: 1, max: 1_000 }),
      since: fc.integer({ min: 1, max: 604_800 }),
      previous: fc.constant(true as const),
    },
    { requiredKeys: ["kind", "cluster", "target", "tail"], ...plain },
  ),
) as fc.Arbitrary<Read>;
