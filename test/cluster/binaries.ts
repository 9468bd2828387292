import { createHash } from "node:crypto";
import { access, constants, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { build, recipe } from "./build.ts";

/** Paths of the three programs that make a control plane. */
export interface Binaries {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

/** Why there is no real cluster on this machine, for a person to read. */
export interface Missing {
  readonly reason: string;
}

/**
 * The control plane's programs: from the folder in `KUBEBUILDER_ASSETS` if that is set, else built once from `go.mod`
 * beside this file and kept in the user's cache folder; `say` hears of a build, which takes minutes. Never throws: what
 * stands in the way is said in `reason`.
 */
export async function findBinaries(say: (line: string) => void = console.warn): Promise<Binaries | Missing> {
  try {
    const assets = process.env["KUBEBUILDER_ASSETS"];
    if (assets) return await inAssets(assets);
    const kept = await keptFolder();
    if ((await missingFrom(kept)).length === 0) return binariesIn(kept);
    const obstacle = await build(kept, say);
    if (obstacle !== undefined) return { reason: obstacle };
    const stillMissing = await missingFrom(kept);
    return stillMissing.length === 0 ? binariesIn(kept) : { reason: `${kept} is damaged: remove it` };
  } catch (fault) {
    return { reason: `looking for a control plane failed: ${fault instanceof Error ? fault.message : String(fault)}` };
  }
}

async function inAssets(folder: string): Promise<Binaries | Missing> {
  const missing = await missingFrom(folder);
  if (missing.length === 0) return binariesIn(folder);
  return { reason: `KUBEBUILDER_ASSETS is ${folder}, which has no ${missing.join(" and no ")}` };
}

/** Named by its content: another version, recipe or platform is another folder. */
async function keptFolder(): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, recipe]));
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(import.meta.dirname, file)));
  const caches = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(caches, "countersign", hash.digest("hex").slice(0, 16));
}

async function missingFrom(folder: string): Promise<readonly string[]> {
  const programs = ["kube-apiserver", "kube-controller-manager", "etcd"];
  const there = await Promise.all(programs.map((program) => runnable(join(folder, program))));
  return programs.filter((_, i) => !there[i]);
}

function runnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function binariesIn(folder: string): Binaries {
  return {
    etcd: join(folder, "etcd"),
    apiServer: join(folder, "kube-apiserver"),
    controllerManager: join(folder, "kube-controller-manager"),
  };
}
