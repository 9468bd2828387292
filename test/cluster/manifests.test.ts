import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";
import { collectionOf, install } from "../adapters/kubernetes/install.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { demoObjects } from "../lab/kubernetes/seed.ts";
import { clusterFor } from "./shared-cluster.ts";

const manifests = new URL("../../manifests/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, manifests), "utf8");

type Manifest = Parameters<typeof collectionOf>[0];

interface PodTemplate extends Manifest {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
}

/** Every object of the base, with the file it stands in. */
const objects = readdirSync(new URL("base/", manifests))
  .filter((file) => file !== "kustomization.yaml")
  .flatMap((file) =>
    parseAllDocuments(read(`base/${file}`)).flatMap((document) => {
      const object: unknown = document.toJS();
      return object === null ? [] : [{ file, object: object as Manifest }];
    }),
  );

interface Generator {
  readonly name: string;
  readonly namespace: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
}

/** The ConfigMaps of the example, as kustomize makes them but for the hash behind their names. */
function generated(): readonly Manifest[] {
  const { configMapGenerator } = parse(read("overlays/example/kustomization.yaml")) as {
    readonly configMapGenerator: readonly Generator[];
  };
  return configMapGenerator.map(({ name, namespace, literals = [], files = [] }) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: Object.fromEntries([
      ...literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2)),
      ...files.map((file) => [file, read(`overlays/example/${file}`)]),
    ]),
  }));
}

describe("the manifests on a real API server", function () {
  this.timeout(60_000);
  let admin: AdminClient;
  const place = `manifests-${process.pid}`;

  before(async function () {
    admin = openAdminClient(await clusterFor(this));
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const namespaces = demoObjects.filter(({ kind }) => kind === "Namespace");
    const confined = { apiVersion: "v1", kind: "Namespace", metadata: { name: place, labels } };
    const accounts = ["countersign-web", "countersign-worker"].map((name) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: place },
    }));
    await install(admin, [...namespaces, confined, ...accounts]);
  });
  after(() => admin?.close());

  /** As `kubectl apply --server-side --dry-run=server --validate=strict` does. */
  const tryApply = (object: Manifest) =>
    admin.send("PATCH", `${collectionOf(object)}/${object.metadata.name}`, {
      body: object,
      contentType: "application/apply-patch+yaml",
      query: { dryRun: "All", fieldValidation: "Strict", fieldManager: "test", force: "true" },
    });
  const taken = async (object: Manifest) => {
    const { status, body, warnings } = await tryApply(object);
    assert.ok(status === 200 || status === 201, `${status} ${body.message}`);
    assert.equal(warnings, "");
  };

  it("are more than a few", () => assert.ok(objects.length > 25, `${objects.length}`));

  for (const { file, object } of objects)
    it(`are taken in a strict dry run: ${object.kind} ${object.metadata.name} of base/${file}`, () => taken(object));

  for (const map of generated())
    it(`are taken in a strict dry run: ConfigMap ${map.metadata.name} of overlays/example`, () => taken(map));

  it("would be refused with a field that does not exist, or a policy that does not compile", async () => {
    const [deployment] = objects.filter(({ object }) => object.kind === "Deployment").map(({ object }) => object);
    assert.ok(deployment);
    const misspelt = await tryApply({ ...deployment, spec: { replicaz: 2 } } as Manifest);
    assert.equal(misspelt.status, 500, misspelt.body.message);
    assert.match(misspelt.body.message ?? "", /replicaz/);
    const policy = objects.find(({ object }) => object.kind === "ValidatingAdmissionPolicy")?.object;
    const broken = JSON.stringify(policy).replace('"expression":"', '"expression":"objekt.');
    assert.equal((await tryApply(JSON.parse(broken))).status, 422);
  });

  for (const { object } of objects.filter((one) => one.object.kind === "Deployment"))
    it(`make pods that a namespace of restricted pods takes: ${object.metadata.name}`, async () => {
      const { metadata, spec } = (object as PodTemplate).spec.template;
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "one", namespace: place }, spec };
      await taken(pod);
      const loose = { ...pod, spec: { ...spec, hostNetwork: true } };
      assert.equal((await tryApply(loose)).status, 403);
    });
});
