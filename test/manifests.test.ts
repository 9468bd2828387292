import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { pagesOrigin, webSettings, workerSettings } from "../src/config.ts";
import { readDirectory } from "../src/policy/directory-document.ts";
import { readPolicy } from "../src/policy/document.ts";
import { freshSecrets } from "./lab/processes/secrets.ts";

const manifests = new URL("../manifests/", import.meta.url).pathname;
const example = join(manifests, "overlays/example");
const read = (path: string) => readFileSync(join(manifests, path), "utf8");

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
}
interface Kustomization {
  readonly configMapGenerator: readonly { readonly name: string; readonly literals?: readonly string[] }[];
}

/** What a process of this Deployment finds in its environment, as the example installs it. */
function environmentOf(side: "web" | "worker", secretFolder: string): Record<string, string> {
  const deployment = parseAllDocuments(read(`base/${side}.yaml`))
    .map((document) => document.toJS())
    .find(({ kind }) => kind === "Deployment");
  const [container] = deployment.spec.template.spec.containers as readonly Container[];
  assert.ok(container);
  const maps = container.envFrom?.map(({ configMapRef }) => configMapRef.name) ?? [];
  const { configMapGenerator } = parse(read("overlays/example/kustomization.yaml")) as Kustomization;
  const literals = configMapGenerator
    .filter(({ name }) => maps.includes(name))
    .flatMap((map) => map.literals ?? [])
    .map((literal) => literal.split(/=(.*)/s).slice(0, 2) as [string, string]);
  const mounted = (value: string) =>
    value
      .replace(/^\/etc\/countersign\/(policy|clusters)\//, `${example}/`)
      .replace(/^\/etc\/countersign\/secret\//, `${secretFolder}/`);
  return Object.fromEntries([...literals, ...container.env.map(({ name, value }) => [name, mounted(value)] as const)]);
}

describe("the manifests' settings", () => {
  const { sealingKey, grantKey, grantPublicKey } = freshSecrets();
  const contents: Readonly<Record<string, string>> = {
    "redis-url": "redis://redis:6379",
    "slack-bot-token": "xoxb-1",
    "slack-app-token": "xapp-1",
    "sealing-key": sealingKey,
    "grant-key": grantKey,
    "grant-public-key": grantPublicKey,
  };
  let folder: string;

  /** A Secret as the example's own words make it: `--from-file=NAME` for each file. */
  function secret(name: string): string {
    const [command = ""] = read("overlays/example/kustomization.yaml")
      .replace(/\\\n#/g, "")
      .match(new RegExp(`kubectl create secret generic ${name} .*`)) ?? [""];
    const files = [...command.matchAll(/--from-file=(\S+)/g)].map(([, file = ""]) => file);
    assert.ok(files.length > 0, `no command makes the Secret ${name}`);
    const made = mkdtempSync(join(folder, `${name}-`));
    for (const file of files) writeFileSync(join(made, file), contents[file] ?? "");
    return made;
  }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-manifests-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are all that web needs, and no other", () => {
    const settings = webSettings(environmentOf("web", secret("countersign-web")));
    assert.deepEqual([settings.SLACK_MODE, settings.PAGES_HOST, settings.PAGES_PORT], ["socket", "0.0.0.0", 3001]);
  });

  it("are all that the worker needs, and no other", () => {
    const { clusters } = workerSettings(environmentOf("worker", secret("countersign-worker")));
    const { COUNTERSIGN_CLUSTERS } = webSettings(environmentOf("web", secret("countersign-web")));
    assert.deepEqual([...clusters.keys()], COUNTERSIGN_CLUSTERS);
  });

  it("name the same pages to both, or no passkey's proof would count in the worker", () => {
    const origins = [
      webSettings(environmentOf("web", secret("countersign-web"))),
      workerSettings(environmentOf("worker", secret("countersign-worker"))),
    ].map(pagesOrigin);
    assert.deepEqual(origins, ["https://countersign.example.com", "https://countersign.example.com"]);
  });

  it("would be refused with one name that is none", () => {
    const environment = { ...environmentOf("worker", secret("countersign-worker")), COUNTERSIGN_LEASE_SECOND: "9" };
    assert.throws(() => workerSettings(environment), /COUNTERSIGN_LEASE_SECOND: is no setting/);
  });
});

describe("the example's documents", () => {
  it("are a policy and a directory without fault, of which the one knows the groups of the other", () => {
    const policy = readPolicy(read("overlays/example/policy.yaml"));
    assert.ok(!("faults" in policy), JSON.stringify(policy));
    const people = readDirectory(read("overlays/example/directory.yaml"));
    assert.ok("subjects" in people, JSON.stringify(people));
    const groups = new Set([...people.subjects.values()].flatMap((subject) => [...subject.groups]));
    const text = read("overlays/example/policy.yaml");
    const wanted = [...text.matchAll(/group:([a-z-]+)|from: \[([^\]]+)\]/g)].flatMap(([, group, from]) =>
      group === undefined ? (from ?? "").split(",").map((name) => name.trim()) : [group],
    );
    assert.ok(wanted.length > 3);
    for (const group of wanted) assert.ok(groups.has(group), group);
  });

  it("are among the resources or the files that a kustomization names, all of them", () => {
    const base = parse(read("base/kustomization.yaml")) as { resources: readonly string[] };
    assert.deepEqual(base.resources.toSorted(), ["accounts.yaml", "admission.yaml", "web.yaml", "worker.yaml"]);
    const overlay = read("overlays/example/kustomization.yaml");
    for (const file of ["policy.yaml", "directory.yaml", "clusters.yaml"]) assert.ok(overlay.includes(file), file);
  });
});
