import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const kubernetes = "k8s.io/kubernetes";
const oldestGo = { major: 1, minor: 26 };

/** Everything besides go.mod and go.sum that decides what is built. */
export const recipe = {
  flags: ["-mod=readonly", "-trimpath", "-buildvcs=false"],
  env: { CGO_ENABLED: "0", GOWORK: "off" },
  /** Without these `/version` answers v0.0.0-master. */
  stamps: ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"],
} as const;

/**
 * Builds kube-apiserver, kube-controller-manager and etcd into `folder`, which appears only when all three are whole,
 * so that two builds at once, or one cut short, leave nothing half done. Tells `say` what it does.
 * Resolves to what stood in the way, in words, or to nothing.
 */
export async function build(folder: string, say: (line: string) => void): Promise<string | undefined> {
  const go = await goVersion();
  if (go === undefined) return "there is no go on PATH to build kube-apiserver with";
  if (go.major !== oldestGo.major || go.minor < oldestGo.minor)
    return `building kube-apiserver takes go ${oldestGo.major}.${oldestGo.minor}, the one on PATH is ${go.major}.${go.minor}`;

  const began = Date.now();
  const version = await kubernetesVersion();
  say(`  building kube-apiserver ${version} and etcd into ${folder}, once: about 5 minutes on 2 cores`);
  await mkdir(dirname(folder), { recursive: true });
  await sweep(dirname(folder));
  const scratch = await mkdtemp(join(dirname(folder), unfinished));
  try {
    const obstacle =
      (await goBuild(`${scratch}/`, stamped(version), `${kubernetes}/cmd/kube-apiserver`)) ??
      (await goBuild(`${scratch}/`, stamped(version), `${kubernetes}/cmd/kube-controller-manager`)) ??
      (await goBuild(join(scratch, "etcd"), "-s -w", "go.etcd.io/etcd/server/v3"));
    if (obstacle !== undefined) return obstacle;
    await rename(scratch, folder).catch(unlessAnotherBuildWon);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  say(`  built in ${Math.round((Date.now() - began) / 1000)} s`);
  return undefined;
}

/** Builds only have the same content when their folders have the same name. */
function unlessAnotherBuildWon(fault: NodeJS.ErrnoException): void {
  if (fault.code !== "ENOTEMPTY" && fault.code !== "EEXIST") throw fault;
}

const unfinished = "unfinished-";

/** A build killed on the way left its folder behind; none takes a day. */
async function sweep(caches: string): Promise<void> {
  for (const name of await readdir(caches)) {
    if (!name.startsWith(unfinished)) continue;
    const left = await stat(join(caches, name)).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > 24 * 3_600_000)
      await rm(join(caches, name), { recursive: true, force: true });
  }
}

async function kubernetesVersion(): Promise<string> {
  const module = await readFile(join(import.meta.dirname, "go.mod"), "utf8");
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(module)?.[1];
  if (version === undefined) throw new Error("go.mod does not require k8s.io/kubernetes");
  return version;
}

function stamped(version: string): string {
  const [major, minor] = version.slice(1).split(".");
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const stamps = recipe.stamps.flatMap((at) =>
    Object.entries(facts).map(([name, value]) => `-X ${at}.${name}=${value}`),
  );
  return ["-s -w", ...stamps].join(" ");
}

async function goVersion(): Promise<{ major: number; minor: number } | undefined> {
  const { code, said } = await go(["env", "GOVERSION"]);
  const found = /^go(\d+)\.(\d+)/.exec(said);
  return code === 0 && found ? { major: Number(found[1]), minor: Number(found[2]) } : undefined;
}

async function goBuild(output: string, linkerFlags: string, program: string): Promise<string | undefined> {
  const { code, said } = await go(["build", ...recipe.flags, "-ldflags", linkerFlags, "-o", output, program]);
  return code === 0 ? undefined : `go build of ${program} failed: ${said.trim().split("\n").slice(-3).join(" / ")}`;
}

function go(args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = spawn("go", args, {
      cwd: import.meta.dirname,
      env: { ...process.env, ...recipe.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const endWithUs = () => child.kill();
    process.once("exit", endWithUs);
    let said = "";
    const hear = (part: Buffer) => {
      said = (said + part.toString()).slice(-4_000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (fault) => resolve({ code: -1, said: fault.message }));
    child.once("close", (code) => {
      process.removeListener("exit", endWithUs);
      resolve({ code: code ?? -1, said });
    });
  });
}
