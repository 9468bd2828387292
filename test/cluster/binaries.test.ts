import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinaries } from "./binaries.ts";

const quietly = () => {};

describe("findBinaries", () => {
  const environment = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "countersign-binaries-"));
    delete process.env["KUBEBUILDER_ASSETS"];
  });
  afterEach(async () => {
    process.env = { ...environment };
    await rm(folder, { recursive: true });
  });

  const place = (...programs: readonly string[]) =>
    Promise.all(programs.map((program) => writeFile(join(folder, program), "", { mode: 0o755 })));

  it("takes all three programs from KUBEBUILDER_ASSETS", async () => {
    await place("etcd", "kube-apiserver", "kube-controller-manager");
    process.env["KUBEBUILDER_ASSETS"] = folder;
    assert.deepEqual(await findBinaries(quietly), {
      etcd: join(folder, "etcd"),
      apiServer: join(folder, "kube-apiserver"),
      controllerManager: join(folder, "kube-controller-manager"),
    });
  });

  it("names what KUBEBUILDER_ASSETS lacks, and builds nothing behind its back", async () => {
    await place("etcd", "kube-apiserver");
    process.env["KUBEBUILDER_ASSETS"] = folder;
    assert.deepEqual(await findBinaries(quietly), {
      reason: `KUBEBUILDER_ASSETS is ${folder}, which has no kube-controller-manager`,
    });
  });

  it("says that there is no go when nothing is kept and nothing can be built", async () => {
    process.env["XDG_CACHE_HOME"] = folder;
    process.env["PATH"] = folder;
    assert.deepEqual(await findBinaries(quietly), { reason: "there is no go on PATH to build kube-apiserver with" });
  });

  it("says which go it would take when the one on PATH is older", async () => {
    await writeFile(join(folder, "go"), "#!/bin/sh\necho go1.25.9\n", { mode: 0o755 });
    process.env["XDG_CACHE_HOME"] = folder;
    process.env["PATH"] = folder;
    assert.deepEqual(await findBinaries(quietly), {
      reason: "building kube-apiserver takes go 1.26, the one on PATH is 1.25",
    });
  });

  it("gives the last words of a build that failed, and keeps nothing of it", async () => {
    const go = `#!/bin/sh\n[ "$1" = env ] && { echo go1.26.0; exit; }\necho "no such module" >&2\nexit 1\n`;
    await writeFile(join(folder, "go"), go, { mode: 0o755 });
    process.env["XDG_CACHE_HOME"] = join(folder, "cache");
    process.env["PATH"] = folder;
    assert.deepEqual(await findBinaries(quietly), {
      reason: "go build of k8s.io/kubernetes/cmd/kube-apiserver failed: no such module",
    });
    assert.deepEqual(await readdir(join(folder, "cache/countersign")), []);
  });

  it("serves two who build at once", async () => {
    const go = `#!/bin/sh
      [ "$1" = env ] && { echo go1.26.0; exit; }
      while [ "$1" != -o ]; do shift; done
      case $2 in */) out=$2\${3##*/};; *) out=$2;; esac
      echo >"$out" && /bin/chmod +x "$out"`;
    await writeFile(join(folder, "go"), go, { mode: 0o755 });
    process.env["XDG_CACHE_HOME"] = join(folder, "cache");
    process.env["PATH"] = folder;
    const [one, other] = await Promise.all([findBinaries(quietly), findBinaries(quietly)]);
    assert.ok("etcd" in one, JSON.stringify(one));
    assert.deepEqual(other, one);
    assert.equal((await readdir(join(folder, "cache/countersign"))).length, 1);
    assert.deepEqual(await findBinaries(quietly), one);
  });
});
